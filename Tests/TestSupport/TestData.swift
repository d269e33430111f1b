package import Foundation

/// Where the tests find things.
package enum TestData {
  /// The root of the package.
  package static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// A file of the corpora that are not part of the project: under `TAGMA_DATA`, or
  /// `../shared/data` beside the package.
  ///
  /// Nil where it is missing, and then its tests are skipped.
  package static func corpus(_ path: String) -> String? {
    let folder =
      ProcessInfo.processInfo.environment["TAGMA_DATA"]
      ?? root.deletingLastPathComponent().appendingPathComponent("shared/data").path
    let file = "\(folder)/\(path)"
    return FileManager.default.fileExists(atPath: file) ? file : nil
  }

  /// A new folder that the test may fill.
  package static func temporaryFolder() -> String {
    let path = "\(processFolder)/\(UUID().uuidString)"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  /// Holds all temporary folders, and goes with the process.
  private static let processFolder: String = {
    atexit { try? FileManager.default.removeItem(atPath: TestData.folderName) }
    return folderName
  }()

  private static let folderName = NSTemporaryDirectory() + "/tagma-test-\(getpid())"
}

import Foundation
import TagmaCorpora
import TestSupport
import Testing

@Suite("Files that are written")
struct OutputFileTests {
  private let folder = TestData.temporaryFolder()

  private func put(_ text: String, _ path: String, sparing inputs: FileSet = FileSet()) throws {
    let file = try OutputFile(path, sparing: inputs)
    try file.write(text)
    try file.commit()
  }

  private func text(_ path: String) -> String? {
    FileSystem.contents(path).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(
    "whatever a file is called",
    arguments: [
      "h", "é", "😀", ".h", "...", " ", "a b", "-", "-o", "a\nb", "x.gz.", "e\u{301}",
      FilePath.text([0xff]), FilePath.text([0x61, 0x80, 0x2e, 0x74]),
      String(repeating: "n", count: 255),
    ])
  func names(name: String) throws {
    // Standard output is `-` alone.
    let path = "\(folder)/\(name)"
    try put("x", path)
    try put("y", path)
    #expect(text(path) == "y")
    #expect(FileSystem.names(in: folder) == [name])
  }

  @Test("what is replaced lends its permissions")
  func permissions() throws {
    let path = "\(folder)/f"
    try put("x", path)
    for mode in [0o600, 0o640, 0o755, 0o666] {
      chmod(path, mode_t(mode))
      try put("y", path)
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect(attributes[.posixPermissions] as? Int == mode)
    }
  }

  @Test("links are written through, also one to nothing yet, and further names of a file")
  func links() throws {
    let target = "\(folder)/target"
    let inner = "\(folder)/inner"
    try FileSystem.makeFolder(inner)
    symlink("../target", "\(inner)/link")
    symlink("inner/link", "\(folder)/outer")
    try put("x", "\(folder)/outer")
    #expect(text(target) == "x")
    try put("y", "\(inner)/link")
    #expect(text(target) == "y")
    #expect((try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/outer")) != nil)

    link(target, "\(folder)/other")
    try put("a longer text", target)
    #expect(text("\(folder)/other") == "a longer text")
    try put("short", target)
    #expect(text("\(folder)/other") == "short")
    #expect(FileSystem.names(in: folder) == ["inner", "other", "outer", "target"])
  }

  @Test("without commit the old file is there, and nothing else")
  func notCommitted() throws {
    let path = "\(folder)/f"
    try put("old", path)
    do {
      let file = try OutputFile(path)
      try file.write(String(repeating: "new", count: 100_000))
      #expect(FileSystem.names(in: folder).count == 2)
    }
    #expect(text(path) == "old" && FileSystem.names(in: folder) == ["f"])
  }

  @Test("an input is not written over, whatever it is called")
  func inputs() throws {
    let path = "\(folder)/f"
    try put("old", path)
    symlink("f", "\(folder)/soft")
    link(path, "\(folder)/hard")
    symlink(".", "\(folder)/here")
    for name in ["f", "soft", "hard", "here/f", "../\(FilePath.name(of: folder))/f"] {
      for input in [path, "\(folder)/soft", "\(folder)/hard"] {
        #expect {
          try put("new", "\(folder)/\(name)", sparing: FileSet([input]))
        } throws: {
          ($0 as? OutputError)?.kind == .isInput
        }
      }
    }
    #expect(text(path) == "old")
    // Of a model all files are read.
    #expect(!FileSet([folder]).contains(path))
    try put("{}", "\(folder)/model.json")
    #expect(FileSet([folder]).contains(path))
    // What is no file may be read and written.
    try put("x", "/dev/null", sparing: FileSet(["/dev/null"]))
  }

  @Test("what writers left that are no more is removed, and nothing else")
  func leftovers() throws {
    try put("x", "\(folder)/.tagma.tmp-1-1")
    try put("x", "\(folder)/f.tmp-1")
    let open = try OutputFile("\(folder)/f")
    FileSystem.removeLeftovers(in: folder)
    let names = FileSystem.names(in: folder)
    #expect(names.count == 2 && names.contains("f.tmp-1"), "\(names)")
    try open.commit()
    #expect(FileSystem.names(in: folder) == ["f", "f.tmp-1"])
  }

  @Test("what cannot be written says why")
  func failures() throws {
    func kind(_ path: String) -> OutputError.Kind? {
      do { try put("x", path) } catch { return (error as? OutputError)?.kind }
      return nil
    }
    #expect(kind("\(folder)/none/f") == .cannotCreate)
    #expect(kind(folder) == .cannotCreate)
    #expect(kind("\(folder)/") == .cannotCreate)
    #expect(kind("\(folder)/new/") == .cannotCreate)
    #expect(kind("") == .cannotCreate)
    #expect(kind("/dev/full") == .writeFailed)
  }
}

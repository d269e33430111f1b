internal import Foundation
internal import Synchronization

/// The line of a terminal, on standard error, that is drawn over and over.
enum TerminalLine {
  private static let isShown = Atomic<Bool>(false)

  /// Draws it anew.
  static func show(_ text: String) {
    isShown.store(true, ordering: .relaxed)
    put("\r\u{1b}[K" + text)
  }

  /// Takes it away, where it is there.
  static func clear() {
    if isShown.exchange(false, ordering: .relaxed) { put("\r\u{1b}[K") }
  }

  private static func put(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}

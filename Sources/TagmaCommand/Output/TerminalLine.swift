internal import CTagmaProcess
internal import Foundation
internal import Synchronization

/// The line of a terminal, on standard error, that is drawn over and over.
enum TerminalLine {
  private static let isShown = Atomic<Bool>(false)

  /// Draws it anew.
  static func show(_ text: String) {
    isShown.store(true, ordering: .relaxed)
    tagma_process_shows_line(1)
    put("\r\u{1b}[K" + text)
  }

  /// Takes it away, where it is there.
  static func clear() {
    guard isShown.exchange(false, ordering: .relaxed) else { return }
    put("\r\u{1b}[K")
    tagma_process_shows_line(0)
  }

  private static func put(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}

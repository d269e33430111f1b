internal import Foundation
internal import Tagma

/// Tells on a line of the terminal how much of the input is read and how long the rest may take.
final class ReadingProgress {
  private let total: Int?
  private var sizes: ArraySlice<Int>
  private let start = Date()
  private var last = Date()
  /// Bytes of files that are done.
  private var earlier = 0

  /// Nil where nothing is to be shown: unless it is wanted always, only on a terminal that is given no results.
  ///
  /// - Parameter output: Where results go; `-` is standard output.
  init?(_ files: InputFiles, _ options: ProgressOptions, output: String) {
    guard options.showsBar else { return nil }
    let sizes = files.sizes
    if options.progress == .auto, sizes == nil || output == "-" && isatty(STDOUT_FILENO) == 1 {
      return nil
    }
    self.sizes = sizes?[...] ?? []
    total = sizes?.reduce(0, +)
  }

  /// Says that so many bytes of the present file are read.
  func report(_ bytes: Int) {
    let now = Date()
    // Short work shows nothing.
    guard now.timeIntervalSince(start) >= 1, now.timeIntervalSince(last) >= 0.25 else { return }
    last = now
    let done = Double(earlier + bytes)
    let rate = done / now.timeIntervalSince(start)
    var text = "\(Self.size(done))"
    if let total, total > 0 {
      let share = min(done / Double(total), 1)
      text = "\(Int(100 * share)) % of \(Self.size(Double(total)))"
    }
    text += " read, \(Self.size(rate))/s"
    if let total, rate > 0 {
      text += ", \(duration((Double(total) - done) / rate)) left"
    }
    TerminalLine.show(text)
  }

  /// Says that the present file is done.
  func endFile() {
    earlier += sizes.popFirst() ?? 0
  }

  /// Takes the line away.
  func end() { TerminalLine.clear() }

  private static func size(_ bytes: Double) -> String {
    switch bytes {
    case ..<1e6: decimal(bytes / 1e3, 1) + " kB"
    case ..<1e9: decimal(bytes / 1e6, 1) + " MB"
    default: decimal(bytes / 1e9, 2) + " GB"
    }
  }
}

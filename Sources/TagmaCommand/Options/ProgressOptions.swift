internal import ArgumentParser
internal import Foundation
internal import TagmaCorpora

/// How much a long command tells on standard error.
struct ProgressOptions: ParsableArguments {
  enum Mode: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never
  }

  @Option(help: "Show how far it is: auto (only on a terminal), always or never.")
  var progress = Mode.auto

  /// Whether a bar is drawn over and over in place.
  var showsBar: Bool {
    switch progress {
    case .auto: isatty(STDERR_FILENO) == 1
    case .always: true
    case .never: false
    }
  }

  /// Says something on standard error.
  func note(_ text: String) { TagmaCommand.note(text) }
}

/// Says something on standard error.
func note(_ text: String) { writeError("tagma: \(onOneLine(text))\n") }

/// Tells a person what the result alone would not.
func warn(_ text: String) { writeError("tagma: warning: \(onOneLine(text))\n") }

/// Writes to standard error where somebody reads it: nobody doing so ends no training and no service.
func writeError(_ text: String) {
  TerminalLine.clear()
  // Names of files as their bytes are.
  try? FileHandle.standardError.write(contentsOf: Data(FilePath.bytes(text)))
}

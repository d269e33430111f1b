internal import ArgumentParser
internal import Foundation

/// How much a long command tells on standard error.
struct ProgressOptions: ParsableArguments {
  enum Mode: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never
  }

  @Option(help: "Show a progress bar: only on a terminal, always or never.")
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
func note(_ text: String) {
  FileHandle.standardError.write(Data("tagma: \(text)\n".utf8))
}

/// Tells a person what the result alone would not.
func warn(_ text: String) {
  FileHandle.standardError.write(Data("tagma: warning: \(text)\n".utf8))
}

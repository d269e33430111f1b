internal import Foundation
internal import HTTPTypes
internal import Synchronization

/// What the log says of a request; never its text.
final class RequestRecord: Sendable {
  private struct State {
    var model: String?
    var bytesIn = 0
    var bytesOut = 0
    var hasHeldBody = true
  }

  private let start = ContinuousClock.now
  private let state = Mutex(State())

  /// The model that answers.
  func note(model: String?) { state.withLock { $0.model = model } }

  /// Bytes of the body that have come, and bytes of the answer that have been sent.
  func count(bytesIn: Int = 0, bytesOut: Int = 0) {
    state.withLock {
      $0.bytesIn += bytesIn
      $0.bytesOut += bytesOut
    }
  }

  /// Characters of a path that the log shows.
  private static let longestPath = 200

  /// A line: time, client, method, path, status, milliseconds of the whole request, model, bytes in, bytes out, and what
  /// cut the answer off, if anything did.
  func line(
    client: String, method: String, path: String, status: Int, end: String? = nil
  ) -> String {
    let (model, bytesIn, bytesOut) = state.withLock { ($0.model, $0.bytesIn, $0.bytesOut) }
    let milliseconds = Int((ContinuousClock.now - start) / .milliseconds(1))
    let fields = [
      Self.now, client, Self.plain(method), Self.plain(path), "\(status)", "\(milliseconds) ms",
      model ?? "-", "\(bytesIn) B in", "\(bytesOut) B out",
    ]
    return (fields + (end.map { [$0] } ?? [])).joined(separator: " ")
  }

  /// The time, as ISO 8601 writes it.
  static var now: String {
    Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }

  /// Without white space and whatever might move a cursor or turn a line round.
  private static func plain(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(longestPath) {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator: continue
      default: out.append(scalar)
      }
    }
    return String(out)
  }
}

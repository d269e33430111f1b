internal import Foundation
internal import Synchronization

/// Signals that ask a training to stop after the current batch; a second one stops at once.
enum Signals {
  private static let last = Atomic<Int32>(0)

  static var received: Int32 { last.load(ordering: .relaxed) }

  static func watch() {
    signal(SIGPIPE, SIG_IGN)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        if Signals.received != 0 { _exit(128 + number) }
        Signals.last.store(number, ordering: .relaxed)
      }
    }
  }
}

internal import CTagmaFiles
internal import Foundation
internal import Synchronization

/// Signals to a training: `SIGINT`, `SIGTERM` and `SIGHUP` ask it to stop after the current batch, a second one
/// stops it at once; `SIGUSR1` asks for a checkpoint.
enum Signals {
  private static let last = Atomic<Int32>(0)
  private static let checkpoint = Atomic<Bool>(false)

  static var received: Int32 { last.load(ordering: .relaxed) }

  /// The exit status of a command that a signal has ended.
  static var exitStatus: Int32 { 128 + received }

  /// Whether a checkpoint was asked for since this was last read.
  static func takeCheckpointRequest() -> Bool {
    checkpoint.exchange(false, ordering: .relaxed)
  }

  static func watch() {
    signal(SIGPIPE, SIG_IGN)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      let before = signal(number) { number in
        if Signals.received != 0 {
          tagma_temporaries_remove()
          _exit(128 + number)
        }
        Signals.last.store(number, ordering: .relaxed)
      }
      // As with `nohup`: what was not to end it does not.
      if number == SIGHUP,
        unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
      {
        signal(number, SIG_IGN)
      }
    }
    signal(SIGUSR1) { _ in Signals.checkpoint.store(true, ordering: .relaxed) }
  }
}

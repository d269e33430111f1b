/// Says after a number of questions that it is over: a training that asks it stops there.
public final class CountDown: @unchecked Sendable {
  // Safe: only the trainer's own thread asks.
  private var left: Int

  public init(_ count: Int) { left = count }

  public func isOver() -> Bool {
    left -= 1
    return left < 0
  }
}

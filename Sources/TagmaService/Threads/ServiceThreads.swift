internal import Foundation
internal import Synchronization

/// Threads of our own, apart from the pools of Dispatch and of Swift's tasks, which others may fill with work.
///
/// Jobs are run in the order in which they come. One that has waited for `patience`, because each thread is at something
/// long, gets a thread of its own, and the system shares out the cores: so nobody waits until a long line is done.
final class ServiceThreads: TaskExecutor {
  private struct State {
    var jobs = JobQueue()
    /// Threads beyond those that are always there.
    var helpers = 0
    var isWatched = false
    var isClosed = false
  }

  private let threadCount: Int
  private let helperLimit: Int
  private let patience: Duration
  private let niceness: Int32
  private let state = Mutex(State())
  /// One for each job that came, and for each thread that is to end.
  private let arrivals = DispatchSemaphore(value: 0)
  private let watch = DispatchSemaphore(value: 0)
  /// Jobs that are being handed over.
  private let entering = Atomic(0)

  /// - Parameters:
  ///   - helpers: Threads that may be added where jobs wait.
  ///   - patience: How long a job waits before one is.
  ///   - niceness: How far the threads give way to others where there are more than cores, as `nice` has it.
  init(_ name: String, threads: Int, helpers: Int, patience: Duration, niceness: Int32 = 0) {
    (threadCount, helperLimit, self.patience) = (threads, helpers, patience)
    self.niceness = niceness
    for _ in 0..<threads { start(name) { self.work() } }
    start("\(name).watch") { self.watchQueue() }
  }

  /// Ends the threads once nothing waits for them any more.
  ///
  /// Must be called before the last owner lets go: whoever hands over a job holds nothing that keeps this alive, and the
  /// job may be over before `enqueue` returns.
  func close() {
    state.withLock { $0.isClosed = true }
    for _ in 0..<threadCount { arrivals.signal() }
    watch.signal()
    while entering.load(ordering: .acquiring) > 0 { Thread.sleep(forTimeInterval: 0.001) }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    entering.wrappingAdd(1, ordering: .relaxed)
    let job = UnownedJob(job)
    let (wakesWatch, isClosed) = state.withLock { state in
      state.jobs.append(job)
      let wakes = !state.isWatched
      state.isWatched = true
      if state.isClosed { state.helpers += 1 }
      return (wakes, state.isClosed)
    }
    arrivals.signal()
    if wakesWatch { watch.signal() }
    if isClosed { Thread.detachNewThread { self.help() } }
    entering.wrappingSubtract(1, ordering: .releasing)
  }

  // MARK: - What the threads do

  private func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread(block: body)
    thread.name = name
    thread.start()
  }

  private func run(_ job: UnownedJob) {
    job.runSynchronously(on: asUnownedTaskExecutor())
  }

  /// On Linux a priority is a thread's own.
  private func giveWay() {
    #if os(Linux)
      if niceness > 0 { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness) }
    #endif
  }

  private func work() {
    giveWay()
    while true {
      arrivals.wait()
      // A helper may have taken the job that this was woken for.
      let (job, isClosed) = state.withLock { ($0.jobs.popFirst(), $0.isClosed) }
      if let job { run(job) } else if isClosed { return }
    }
  }

  /// Does what has waited too long, and ends.
  private func help() {
    giveWay()
    while let job = state.withLock({ state -> UnownedJob? in
      let waited = state.jobs.firstArrival.map { ContinuousClock.now - $0 }
      if let waited, waited >= patience || state.isClosed { return state.jobs.popFirst() }
      state.helpers -= 1
      return nil
    }) { run(job) }
  }

  /// Looks after the first of the queue while there is one.
  private func watchQueue() {
    while true {
      watch.wait()
      if state.withLock({ $0.isClosed }) { return }
      while let since = state.withLock({ state -> ContinuousClock.Instant? in
        state.isWatched = !state.jobs.isEmpty
        return state.jobs.firstArrival
      }) {
        let rest = since.advanced(by: patience) - .now
        if rest > .zero { Thread.sleep(forTimeInterval: rest / .seconds(1)) }
        addHelper()
      }
    }
  }

  /// Adds a thread where the first job has waited too long.
  private func addHelper() {
    let (isNeeded, isFull) = state.withLock { state in
      guard let since = state.jobs.firstArrival, ContinuousClock.now - since >= patience else {
        return (false, false)
      }
      guard state.helpers < helperLimit else { return (false, true) }
      state.helpers += 1
      return (true, false)
    }
    if isNeeded { Thread.detachNewThread { self.help() } }
    if isFull { Thread.sleep(forTimeInterval: patience / .seconds(1)) }
  }
}

/// Jobs in the order in which they came.
private struct JobQueue {
  private var jobs: [(job: UnownedJob, since: ContinuousClock.Instant)] = []
  private var first = 0

  var isEmpty: Bool { first == jobs.count }
  var firstArrival: ContinuousClock.Instant? { isEmpty ? nil : jobs[first].since }

  mutating func append(_ job: UnownedJob) {
    jobs.append((job, .now))
  }

  mutating func popFirst() -> UnownedJob? {
    guard !isEmpty else { return nil }
    defer {
      first += 1
      if first == jobs.count || first > 256 {
        jobs.removeFirst(first)
        first = 0
      }
    }
    return jobs[first].job
  }
}

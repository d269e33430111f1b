internal import Foundation
internal import Synchronization

/// Threads that tag and translate, apart from those that talk to clients: however much work there is, `/health` answers.
///
/// A piece of work is short, and after it the others have their turn; so a long text delays a short one by little.
final class WorkerPool: TaskExecutor {
  private let queue = OperationQueue()
  private let requestLimit: Int
  private let admitted = Mutex(0)

  init(threads: Int, requestLimit: Int) {
    self.requestLimit = requestLimit
    queue.name = "tagma.workers"
    queue.maxConcurrentOperationCount = threads
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.addOperation { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }

  /// One of as many requests as may be at work; its place is free when nobody holds it any more.
  final class Admission: Sendable {
    private let pool: WorkerPool

    fileprivate init(_ pool: WorkerPool) {
      self.pool = pool
    }

    deinit { pool.admitted.withLock { $0 -= 1 } }
  }

  /// A place for a request.
  func admit() throws(ServiceError) -> Admission {
    let isFree = admitted.withLock { count in
      guard count < requestLimit else { return false }
      count += 1
      return true
    }
    guard isFree else { throw .busy }
    return Admission(self)
  }
}

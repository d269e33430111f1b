internal import Dispatch

/// Runs `body` once for each element of `array`, on as many threads as there are elements where
/// `isParallel`.
///
/// Elements are disjoint, so no two threads touch the same memory.
package func forEachConcurrently<Element>(
  _ array: inout [Element], isParallel: Bool = true,
  _ body: @Sendable (Int, inout Element) -> Void
) {
  guard isParallel, array.count > 1 else {
    for i in array.indices { body(i, &array[i]) }
    return
  }
  unsafe array.withUnsafeMutableBufferPointer { buffer in
    // Safe: each index is handed out once, and concurrentPerform returns when all are done.
    nonisolated(unsafe) let elements = unsafe buffer
    DispatchQueue.concurrentPerform(iterations: unsafe elements.count) { i in
      unsafe body(i, &elements[i])
    }
  }
}

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

/// Runs `body` on parts of `0..<count`, on as many threads as are given where there is enough to do.
///
/// Parts begin at multiples of 64, so that an elementwise loop computes each element in the same way at any number of
/// threads.
func forEachPart(of count: Int, threads: Int, _ body: @Sendable (Range<Int>) -> Void) {
  let parts = min(threads, count / 65_536)
  guard parts > 1 else { return body(0..<count) }
  let size = (count / parts + 63) / 64 * 64
  DispatchQueue.concurrentPerform(iterations: parts) { i in
    body(min(i * size, count)..<(i == parts - 1 ? count : min((i + 1) * size, count)))
  }
}

internal import Dispatch
internal import Synchronization

/// Runs `body` once for each element of `array`, on as many threads at most.
///
/// Elements are disjoint, so no two threads touch the same memory. They are begun in their order: a thread that is done
/// takes the next.
package func forEachConcurrently<Element>(
  _ array: inout [Element], threads: Int, _ body: @Sendable (Int, inout Element) -> Void
) {
  guard threads > 1, array.count > 1 else {
    for i in array.indices { body(i, &array[i]) }
    return
  }
  let next = Atomic(0)
  unsafe array.withUnsafeMutableBufferPointer { buffer in
    // Safe: each index is handed out once, and concurrentPerform returns when all are done.
    nonisolated(unsafe) let elements = unsafe buffer
    let count = buffer.count
    DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
      while true {
        let i = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if i >= count { return }
        unsafe body(i, &elements[i])
      }
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

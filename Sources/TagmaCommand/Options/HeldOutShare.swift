/// A share of the training data that is kept to choose the best epoch by, such as `--dev 10%`.
struct HeldOutShare {
  /// Above 0 and below 1.
  let share: Double

  /// Nil where files are named.
  init?(_ dev: [String]) throws {
    guard dev.count == 1, dev[0].hasSuffix("%"), let percent = Double(dev[0].dropLast()) else {
      return nil
    }
    guard percent > 0, percent < 100 else {
      throw UsageError("--dev \(dev[0]): expected a share above 0% and below 100%")
    }
    share = percent / 100
  }

  /// Takes about every n-th element out, by its place and the seed alone.
  func cut<Element>(_ elements: inout [Element], seed: UInt64) -> [Element] {
    let all = elements.enumerated()
    let held = all.filter { isHeldOut($0.offset, seed) }.map(\.element)
    elements = all.filter { !isHeldOut($0.offset, seed) }.map(\.element)
    return held
  }

  /// Takes the last ones out, of what is a text in its order.
  func cutEnd<Element>(_ elements: inout [Element]) -> [Element] {
    let held = Array(elements.suffix(Int(Double(elements.count) * share)))
    elements.removeLast(held.count)
    return held
  }

  private func isHeldOut(_ index: Int, _ seed: UInt64) -> Bool {
    var hash = UInt64(index) &* 0x9e37_79b9_7f4a_7c15 ^ seed
    hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
    hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
    return Double((hash ^ (hash >> 31)) >> 11) * 0x1p-53 < share
  }
}

internal import Foundation

/// The distance of two series that may run at different speeds: the least sum of distances of rows along a path that goes
/// through both from beginning to end (Sakoe & Chiba 1978).
///
/// Columns of the same names are compared with each other, in whatever order; otherwise the first with the first.
///
/// - Parameters:
///   - band: How many rows the path may stray from the diagonal; nil lets it go anywhere.
/// - Returns: The distance and the path; nil where one series is empty.
public func timeWarping(
  _ a: SeriesTable, _ b: SeriesTable, band: Int? = nil
) -> (distance: Double, path: [(Int, Int)])? {
  let b = b.ordered(as: a)
  let (n, m, width) = (a.rows, b.rows, a.columns.count)
  guard n > 0, m > 0, width == b.columns.count else { return nil }
  // The diagonal of a table that is no square.
  let band = max(min(band ?? .max, max(n, m)), abs(n - m))
  func distance(_ i: Int, _ j: Int) -> Double {
    var sum = 0.0
    for k in 0..<width {
      let difference = a[i, k] - b[j, k]
      sum += difference * difference
    }
    // The square of a number may be too large where the number is not.
    return sum.isFinite
      ? sum.squareRoot() : (0..<width).reduce(0) { hypot($0, a[i, $1] - b[j, $1]) }
  }
  var costs = [Double](repeating: .infinity, count: (n + 1) * (m + 1))
  costs[0] = 0
  for i in 1...n {
    for j in max(1, i - band)...max(min(m, i + band), max(1, i - band)) where j <= m {
      let before = min(
        costs[(i - 1) * (m + 1) + j - 1], costs[(i - 1) * (m + 1) + j],
        costs[i * (m + 1) + j - 1])
      costs[i * (m + 1) + j] = before + distance(i - 1, j - 1)
    }
  }
  var (i, j) = (n, m)
  var path: [(Int, Int)] = []
  while i > 0, j > 0 {
    path.append((i - 1, j - 1))
    let steps = [(i - 1, j - 1), (i - 1, j), (i, j - 1)]
    (i, j) = steps.min { costs[$0.0 * (m + 1) + $0.1] < costs[$1.0 * (m + 1) + $1.1] } ?? (0, 0)
  }
  return (costs[n * (m + 1) + m], path.reversed())
}

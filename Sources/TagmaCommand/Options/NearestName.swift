/// The name that may be meant by an unknown one: the same word elsewhere, or one that differs by a slip or two.
///
/// - Parameters:
///   - name: Parts joined by dots, such as `training.epoks`, or the last of them alone.
///   - known: Whole names.
func nearestName(to name: String, among known: [String]) -> String? {
  func last(_ name: String) -> Substring { name.split(separator: ".").last ?? "" }
  func plain(_ text: Substring) -> String {
    text.lowercased().filter { $0 != "-" && $0 != "_" }
  }
  let wanted = plain(last(name))
  guard !wanted.isEmpty, wanted.utf8.count < 100 else { return nil }
  let distances = known.map { (name: $0, distance: distance(plain(last($0)), wanted)) }
  // One slip in three letters is still a slip.
  guard let best = distances.min(by: { $0.distance < $1.distance }),
    best.distance <= (wanted.count + 1) / 3
  else { return nil }
  let ties = distances.filter { $0.distance == best.distance }.map(\.name)
  return ties.first { $0.hasPrefix(name.prefix { $0 != "." } + ".") } ?? best.name
}

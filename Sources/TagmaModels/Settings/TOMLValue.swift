/// A value of a settings file, or of `--set`.
package enum TOMLValue: Equatable, Sendable {
  case text(String)
  case integer(Int)
  case number(Double)
  case truth(Bool)
  case list([TOMLValue])
  case table([String: TOMLValue])

  /// As `JSONSerialization` takes it; nil where a number is not finite, which JSON cannot hold.
  package var json: Any? {
    switch self {
    case .text(let text): return text
    case .integer(let number): return number
    case .number(let number): return number.isFinite ? number : nil
    case .truth(let truth): return truth
    case .list(let values):
      let all = values.compactMap(\.json)
      return all.count == values.count ? all : nil
    case .table(let values):
      let all = values.compactMapValues(\.json)
      return all.count == values.count ? all : nil
    }
  }
}

extension TOMLValue: CustomStringConvertible {
  /// The beginning of it, for a message.
  package var shortened: String {
    let text = description.unicodeScalars
    return text.count > 60 ? String(text.prefix(60)) + "…" : description
  }

  /// As a person would write it.
  package var description: String {
    switch self {
    case .text(let text): text
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    case .truth(let truth): "\(truth)"
    case .list(let values): "[\(values.map(\.description).joined(separator: ", "))]"
    case .table(let values):
      "{ \(values.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }.joined(separator: ", ")) }"
    }
  }
}

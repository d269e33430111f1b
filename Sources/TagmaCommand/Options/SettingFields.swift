internal import Foundation

/// The fields of a configuration by their names, by way of its JSON: names and types are checked by the decoder, so no list
/// of settings is kept twice.
struct SettingFields<Configuration: Codable> {
  private let configuration: Configuration
  private let fields: [String: Any]

  init(_ configuration: Configuration) {
    self.configuration = configuration
    let object = (try? JSONEncoder().encode(configuration)).flatMap {
      try? JSONSerialization.jsonObject(with: $0)
    }
    fields = object as? [String: Any] ?? [:]
  }

  var names: [String] { fields.keys.sorted() }

  /// The same configuration with one field changed; nil where the value is not of the field's type.
  ///
  /// - Parameter inner: A name within the field, where it is a table.
  func setting(_ name: String, _ inner: String?, to value: Any) -> Configuration? {
    var fields = fields
    if let inner, var table = fields[name] as? [String: Any] {
      table[inner] = value
      fields[name] = table
    } else {
      // A list of one needs no brackets.
      fields[name] = fields[name] is [Any] && !(value is [Any]) ? [value] : value
    }
    return (try? JSONSerialization.data(withJSONObject: fields)).flatMap {
      try? JSONDecoder().decode(Configuration.self, from: $0)
    }
  }

  /// What a field's values are, for a person; nil where there is no such field, or nothing within it.
  func expected(_ name: String, _ inner: String?) -> String? {
    guard let value = fields[name], inner == nil || value is [String: Any] else { return nil }
    let field = Self.field(name, of: configuration)
    switch field {
    case is [String: Double]: return inner == nil ? "numbers with names" : "a number"
    case is [Int]: return "a list of whole numbers"
    case is [String]: return "a list of texts"
    case is Bool: return "true or false"
    case is UInt64: return "a whole number from 0"
    case is Int: return "a whole number"
    case is Double: return "a number"
    case is String: return "a text"
    default: break
    }
    guard let field, let kind = type(of: field) as? any CaseIterable.Type else {
      return "another value"
    }
    return "one of \(Self.caseNames(kind).joined(separator: ", "))"
  }

  /// A value by its name, also where it stands in a part of the settings.
  private static func field(_ name: String, of configuration: Any) -> Any? {
    let children = Mirror(reflecting: configuration).children
    return children.first { $0.label == name }?.value
      ?? children.lazy.filter { ["optimization", "own"].contains($0.label) }
      .compactMap { field(name, of: $0.value) }.first
  }

  private static func caseNames(_ kind: (some CaseIterable).Type) -> [String] {
    kind.allCases.map { ($0 as? any RawRepresentable)?.rawValue as? String ?? "\($0)" }
  }
}

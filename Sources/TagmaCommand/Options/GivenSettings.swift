internal import Foundation
internal import Tagma
internal import TagmaCorpora
internal import TagmaModels

/// Settings of a training: defaults, then a file, then `--set`, then options.
///
/// There are two sections: one is named after what is trained, the other is `training`.
struct GivenSettings<Kind: ModelKind> {
  private static var section: String { Kind.name }
  /// The model is one that already is, so that its settings can be named but not changed.
  private let isGiven: Bool
  private(set) var model: Kind.Configuration
  private(set) var training: TrainingSettings<Kind.Hyperparameters>

  /// - Parameters:
  ///   - model: The defaults, or, where it `isGiven`, what the model has that training goes on with.
  init(
    _ model: Kind.Configuration = Kind.Configuration(),
    _ training: TrainingSettings<Kind.Hyperparameters> = TrainingSettings(), config: String?,
    overrides: [String], seed: UInt64?, isGiven: Bool = false
  ) throws {
    (self.model, self.training, self.isGiven) = (model, training, isGiven)
    if let config { try read(config) }
    for setting in overrides {
      let sides = setting.split(separator: "=", maxSplits: 1).map(String.init)
      guard sides.count == 2 else {
        throw ModelError(.badSetting(setting, expected: "section.name=value"))
      }
      let path = sides[0].split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
      try set(path.map(String.init), to: Self.parse(sides[1]))
    }
    if let seed { self.training.seed = seed }
  }

  private static var sizeLimit: Int { 1 << 20 }

  /// Takes over a file; what is wrong is told with its line.
  private mutating func read(_ path: String) throws {
    let source = try ByteSource(path)
    var bytes: [UInt8] = []
    while bytes.count <= Self.sizeLimit {
      let block = try source.next()
      if block.isEmpty { break }
      bytes += block
    }
    guard bytes.count <= Self.sizeLimit else {
      throw ModelError(
        .malformedSettings(found: "more than 1 MiB", expected: "settings in TOML"),
        path: source.name)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      let bad = firstInvalidByte(bytes[...])
      throw ModelError(
        .malformedSettings(
          found: "byte 0x\(String(bytes[bad], radix: 16))", expected: "TOML in UTF-8"),
        path: "\(source.name):\(bytes[..<bad].count { $0 == 0x0a } + 1)")
    }
    let settings: [TOMLSetting]
    do {
      settings = try TOMLReader.settings(in: text)
    } catch {
      throw ModelError(
        .malformedSettings(found: error.found, expected: error.expected),
        path: "\(source.name):\(error.line):\(error.column)")
    }
    for setting in settings {
      do {
        try set(setting.path, to: setting.value)
      } catch let error as ModelError {
        throw ModelError(error.kind, path: "\(source.name):\(setting.line)")
      }
    }
  }

  /// What stands after the `=` of `--set`: a value as in a file, or, without quotation marks and brackets, a number, a
  /// truth value, a list or a text.
  private static func parse(_ text: String) -> TOMLValue {
    if let value = try? TOMLReader.value(of: text) { return value }
    var inner = Substring(text)
    let isBracketed = inner.hasPrefix("[") && inner.hasSuffix("]") && inner.count > 1
    if isBracketed { inner = inner.dropFirst().dropLast() }
    guard isBracketed || inner.contains(",") else { return parseOne(text) }
    return .list(
      inner.split(separator: ",").map { parseOne($0.trimmingCharacters(in: .whitespaces)) })
  }

  /// Also numbers as TOML does not write them, `.5` and `007`.
  private static func parseOne(_ text: String) -> TOMLValue {
    if let value = try? TOMLReader.value(of: text) { return value }
    return Int(text).map(TOMLValue.integer) ?? Double(text).map(TOMLValue.number) ?? .text(text)
  }

  /// - Parameter path: A section, the name of a setting, and a name within it where it is a table.
  private mutating func set(_ path: [String], to value: TOMLValue) throws {
    let key = path.joined(separator: ".")
    guard path.count > 1, [Self.section, "training"].contains(path[0]) else {
      throw ModelError(
        .unknownSetting(key, known: [Self.section, "training"], nearest: nearestSetting(to: key)))
    }
    let inner = path.count > 2 ? path[2...].joined(separator: ".") : nil
    if path[0] == Self.section {
      var changed = model
      try change(path[1], inner, to: value, of: &changed, key: key)
      guard !isGiven || changed == model else {
        throw ModelError(.badSetting(key, expected: "the value of the model that --from names"))
      }
      model = changed
    } else {
      var changed = training
      try change(path[1], inner, to: value, of: &changed, key: key)
      training = changed
    }
  }

  private func change<C: Codable>(
    _ name: String, _ inner: String?, to value: TOMLValue, of configuration: inout C, key: String
  ) throws {
    let fields = SettingFields(configuration)
    guard let expected = fields.expected(name, inner) else {
      throw ModelError(
        .unknownSetting(key, known: fields.names, nearest: nearestSetting(to: key)))
    }
    guard let json = value.json, let changed = fields.setting(name, inner, to: json) else {
      throw ModelError(.badSetting(key, expected: "\(expected), found '\(value.shortened)'"))
    }
    configuration = changed
  }

  /// The setting that may be meant by an unknown name.
  private func nearestSetting(to key: String) -> String? {
    let all =
      SettingFields(training).names.map { "training.\($0)" }
      + SettingFields(model).names.map { "\(Self.section).\($0)" }
    return nearestName(to: key, among: all)
  }
}

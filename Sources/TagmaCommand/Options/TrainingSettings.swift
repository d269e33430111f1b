internal import Foundation
internal import TOMLKit
internal import Tagma
internal import TagmaCorpora

/// Settings of a training: defaults, then a file, then `--set`, then options.
///
/// There are two sections: one is named after what is trained, the other is `training`.
struct TrainingSettings<Model: Codable & Equatable, Training: Codable> {
  let section: String
  /// The model is one that already is, so that its settings can be named but not changed.
  private let isGiven: Bool
  private(set) var model: Model
  private(set) var training: Training

  init(
    _ section: String, _ model: Model, _ training: Training, config: String?, overrides: [String],
    seed: UInt64?, isGiven: Bool = false
  ) throws {
    (self.section, self.model, self.training) = (section, model, training)
    self.isGiven = isGiven
    if let config { try read(config) }
    for setting in overrides {
      let sides = setting.split(separator: "=", maxSplits: 1).map(String.init)
      guard sides.count == 2 else {
        throw ModelError(.badSetting(setting, expected: "section.name=value"))
      }
      try set(sides[0], to: Self.parse(sides[1]))
    }
    if let seed { try set("training.seed", to: seed) }
  }

  private mutating func read(_ path: String) throws {
    guard let data = FileSystem.contents(path, limit: 1 << 20) else {
      if errno == EFBIG { throw ModelError(.badSetting(path, expected: "TOML, at most 1 MiB")) }
      throw CorpusError(opening: path, code: errno)
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw ModelError(.badSetting(path, expected: "TOML in UTF-8, at most 1 MiB"))
    }
    let table: TOMLTable
    do {
      table = try TOMLTable(string: text)
    } catch {
      throw ModelError(.badSetting(path, expected: "TOML: \(error)"))
    }
    let json = try JSONSerialization.jsonObject(with: Data(table.convert(to: .json).utf8))
    for (section, values) in json as? [String: Any] ?? [:] {
      guard let values = values as? [String: Any] else {
        throw ModelError(.unknownSetting(section, known: [section, "training"]))
      }
      for (name, value) in values.sorted(by: { $0.key < $1.key }) {
        try set("\(section).\(name)", to: value)
      }
    }
  }

  /// A number, a truth value, a list or a text.
  private static func parse(_ text: String) -> Any {
    if let number = Int(text) { return number }
    if let number = Double(text) { return number }
    if text == "true" || text == "false" { return text == "true" }
    if text.contains(",") { return text.split(separator: ",").map { parse(String($0)) } }
    return text
  }

  private mutating func set(_ key: String, to value: Any) throws {
    let parts = key.split(separator: ".", maxSplits: 1).map(String.init)
    guard parts.count == 2, [section, "training"].contains(parts[0]) else {
      throw ModelError(.unknownSetting(key, known: ["\(section).…", "training.…"]))
    }
    if parts[0] == section {
      let changed = try Self.changing(model, parts[1], to: value, key: key)
      guard !isGiven || changed == model else {
        throw ModelError(.badSetting(key, expected: "the value of the model that --from names"))
      }
      model = changed
    } else {
      training = try Self.changing(training, parts[1], to: value, key: key)
    }
  }

  /// The same configuration with one field changed, by way of its JSON: names and types are checked
  /// by the decoder, so no list of settings is kept twice.
  private static func changing<C: Codable>(
    _ configuration: C, _ name: String, to value: Any, key: String
  ) throws -> C {
    let data = try JSONEncoder().encode(configuration)
    guard var fields = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
      return configuration
    }
    let path = name.split(separator: ".").map(String.init)
    guard fields[path[0]] != nil else {
      throw ModelError(.unknownSetting(key, known: fields.keys.sorted()))
    }
    if path.count == 2, var inner = fields[path[0]] as? [String: Any] {
      inner[path[1]] = value
      fields[path[0]] = inner
    } else {
      let isList = fields[path[0]] is [Any]
      fields[path[0]] = isList && !(value is [Any]) ? [value] : value
    }
    do {
      return try JSONDecoder().decode(
        C.self, from: JSONSerialization.data(withJSONObject: fields))
    } catch {
      let old = "\(type(of: value))"
      throw ModelError(.badSetting(key, expected: "another value than '\(value)' (\(old))"))
    }
  }
}

typealias TaggerSettings = TrainingSettings<TaggerConfiguration, TrainingConfiguration>
typealias TranslatorSettings = TrainingSettings<
  TranslatorConfiguration, TranslatorTrainingConfiguration
>

typealias LanguageModelSettings = TrainingSettings<
  LanguageModelConfiguration, LanguageModelTrainingConfiguration
>

extension LanguageModelSettings {
  /// - Parameter given: What the model has that training goes on with.
  init(
    config: String?, overrides: [String], seed: UInt64?, given: LanguageModelConfiguration? = nil
  ) throws {
    try self.init(
      "language-model", given ?? LanguageModelConfiguration(), LanguageModelTrainingConfiguration(),
      config: config, overrides: overrides, seed: seed, isGiven: given != nil)
  }
}

typealias RegressorSettings = TrainingSettings<
  RegressorConfiguration, RegressorTrainingConfiguration
>

extension RegressorSettings {
  init(config: String?, overrides: [String], seed: UInt64?) throws {
    try self.init(
      "regressor", RegressorConfiguration(), RegressorTrainingConfiguration(), config: config,
      overrides: overrides, seed: seed)
  }
}

typealias SegmenterSettings = TrainingSettings<
  SegmenterConfiguration, SegmenterTrainingConfiguration
>

extension SegmenterSettings {
  init(config: String?, overrides: [String], seed: UInt64?) throws {
    try self.init(
      "segmenter", SegmenterConfiguration(), SegmenterTrainingConfiguration(), config: config,
      overrides: overrides, seed: seed)
  }
}

extension TaggerSettings {
  /// - Parameter given: What the model has that training starts from.
  init(
    config: String?, overrides: [String], seed: UInt64?, given: TaggerConfiguration? = nil
  ) throws {
    try self.init(
      "tagger", given ?? TaggerConfiguration(), TrainingConfiguration(), config: config,
      overrides: overrides, seed: seed, isGiven: given != nil)
  }
}

extension TranslatorSettings {
  /// - Parameter pairs: The training data, on whose size the defaults depend.
  init(config: String?, overrides: [String], seed: UInt64?, pairs: [TextPair]) throws {
    try self.init(
      "translator", TranslatorConfiguration(for: pairs),
      TranslatorTrainingConfiguration(for: pairs), config: config, overrides: overrides,
      seed: seed)
  }
}

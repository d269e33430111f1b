internal import TagmaAnnotations
public import TagmaClassification
internal import TagmaModels
public import TagmaTagging
public import TagmaTranslation

/// The models of a service, by name: requests can name no others, and no files.
public struct ServedModels: Sendable {
  public struct Named<Model: Sendable>: Sendable {
    public let name: String
    public let model: Model
  }

  public private(set) var taggers: [Named<Tagger>] = []
  public private(set) var translators: [Named<Translator>] = []
  public private(set) var classifiers: [Named<Classifier>] = []

  public init() {}

  public mutating func add(_ tagger: Tagger, name: String) {
    taggers.append(Named(name: name, model: tagger))
  }

  public mutating func add(_ translator: Translator, name: String) {
    translators.append(Named(name: name, model: translator))
  }

  public mutating func add(_ classifier: Classifier, name: String) {
    classifiers.append(Named(name: name, model: classifier))
  }

  public var names: [String] {
    taggers.map(\.name) + translators.map(\.name) + classifiers.map(\.name)
  }

  /// The classifier of a name; the first where none is asked for.
  func classifier(_ wanted: String?) throws -> Named<Classifier> {
    let found =
      wanted.map { wanted in
        classifiers.first { $0.name.lowercased() == wanted.lowercased() }
      } ?? classifiers.first
    guard let found else {
      throw ServiceError.unknownModel(wanted, known: classifiers.map(\.name))
    }
    return found
  }

  /// The language of each text; none where nothing tells languages apart.
  func detect(_ texts: [String]) -> [Detection] {
    guard let languages else { return [] }
    return languages.model.classify(texts).map { found in
      // Of a text without words nothing is known, which LibreTranslate says so.
      guard let best = found.probabilities.first else {
        return Detection(language: "en", confidence: 0)
      }
      return Detection(language: best.label, confidence: Int(100 * best.probability))
    }
  }

  /// What tells languages apart, if anything does.
  var languages: Named<Classifier>? { classifiers.first { $0.name == "languages" } }

  /// The tagger of a name or of a language (`LanguageName`); the first where none is asked for.
  func tagger(_ wanted: String?) throws -> Named<Tagger> {
    guard let wanted, !wanted.isEmpty else {
      guard let first = taggers.first else { throw ServiceError.unknownModel(nil, known: []) }
      return first
    }
    let language = LanguageName(wanted)
    let found =
      taggers.first { $0.name == wanted }
      ?? taggers.first { $0.name.lowercased() == wanted.lowercased() }
      ?? taggers.first { $0.model.description.language?.lowercased() == wanted.lowercased() }
      ?? taggers.first { $0.model.description.language.map(language.names) ?? false }
    guard let found else {
      throw ServiceError.unknownModel(wanted, known: taggers.map(\.name))
    }
    return found
  }

  /// The translator from one language to another (`LanguageName`), or that of a name.
  ///
  /// - Parameters:
  ///   - source: A language; nil or `auto` is the one that was detected, or that of the first translator into `target`.
  func translator(
    _ wanted: String?, from source: String?, detected: String? = nil, to target: String?
  ) throws -> Named<Translator> {
    func isMeant(_ wanted: String?, _ language: String) -> Bool {
      wanted.map { LanguageName($0).names(language) } ?? true
    }
    let source = ["auto", ""].contains(source) ? nil : source
    let possible = translators.filter { one in
      let description = one.model.description
      return (wanted == nil || one.name.lowercased() == wanted?.lowercased())
        && isMeant(source, description.source) && isMeant(target, description.target)
    }
    let found =
      possible.first {
        source == nil && detected != nil && isMeant(detected, $0.model.description.source)
      }
      ?? possible.first
    guard let found else {
      throw ServiceError.unknownModel(
        wanted ?? target.map { "\(source ?? "auto")-\($0)" }, known: translators.map(\.name))
    }
    return found
  }
}

/// A language that a text seems to be in.
struct Detection: Sendable {
  let language: String
  /// In percent.
  let confidence: Int

  /// As LibreTranslate has it.
  var json: String { "{\"confidence\":\(confidence),\"language\":\(jsonQuoted(language))}" }
}

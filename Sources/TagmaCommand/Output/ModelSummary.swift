internal import Foundation
internal import Tagma
internal import TagmaCorpora
internal import TagmaModels

/// A model in words: for `model info` and for its card.
protocol ModelSummary {
  var path: String { get }
  /// What `model.json` says.
  var json: any Encodable { get }
  var text: String { get }
  /// - Parameter folder: Where the model's files are.
  func card(filesIn folder: String) -> String
}

/// A model of any kind.
enum AnyModel {
  case tagger(Tagger)
  case translator(Translator)
  case languageModel(LanguageModel)
  case regressor(Regressor)
  case segmenter(Segmenter)
  case classifier(Classifier)

  init(contentsOf path: String) throws {
    try self.init(ModelFiles(in: path))
  }

  init(_ files: ModelFiles) throws {
    switch files.kind {
    case "translator": self = .translator(try Translator(files))
    case "language-model": self = .languageModel(try LanguageModel(files))
    case "regressor": self = .regressor(try Regressor(files))
    case "segmenter": self = .segmenter(try Segmenter(files))
    case "classifier": self = .classifier(try Classifier(files))
    default: self = .tagger(try Tagger(files))
    }
  }

  func summary(_ path: String) -> any ModelSummary {
    switch self {
    case .tagger(let tagger): TaggerSummary(tagger, path)
    case .translator(let translator): TranslatorSummary(translator, path)
    case .languageModel(let model): LanguageModelSummary(model, path)
    case .regressor(let regressor): RegressorSummary(regressor, path)
    case .segmenter(let segmenter): SegmenterSummary(segmenter, path)
    case .classifier(let classifier): ClassifierSummary(classifier, path)
    }
  }

  /// Writes the model; a segmenter whose place is in a tagger's folder becomes part of that tagger.
  func write(
    to folder: String, as storage: WeightStorage? = nil, beside companions: ModelCompanions
  ) throws {
    switch self {
    case .tagger(let tagger): try tagger.write(to: folder, as: storage, beside: companions)
    case .translator(let translator):
      try translator.write(to: folder, as: storage, beside: companions)
    case .languageModel(let model): try model.write(to: folder, as: storage, beside: companions)
    case .regressor(let regressor):
      try regressor.write(to: folder, as: storage, beside: companions)
    case .classifier(let classifier):
      try classifier.write(to: folder, as: storage, beside: companions)
    case .segmenter(let segmenter):
      if let tagger = Self.tagger(around: folder) {
        try Tagger.write(segmenter, as: storage, beside: companions, into: tagger)
      } else {
        try segmenter.write(to: folder, as: storage, beside: companions)
      }
    }
  }

  /// The folder of the tagger that a segmenter in this folder is part of.
  private static func tagger(around folder: String) -> String? {
    try? FileSystem.makeFolder(folder)
    guard let path = FileSystem.realPath(folder), FilePath.name(of: path) == "segmenter",
      let files = try? ModelFiles(in: FilePath.folder(of: path), .asTheyAre), files.kind == "tagger"
    else { return nil }
    return files.folder
  }

  /// The licence that is named for it.
  private var licence: String? {
    switch self {
    case .tagger(let tagger): tagger.description.licence
    case .translator(let translator): translator.description.licence
    case .languageModel(let model): model.description.licence
    case .regressor(let regressor): regressor.description.licence
    case .segmenter(let segmenter): segmenter.description.licence
    case .classifier(let classifier): classifier.description.licence
    }
  }

  /// A card, a licence and what else is given, to stand beside the model.
  ///
  /// - Parameters:
  ///   - path: Where the model will be.
  ///   - source: A model whose licence holds for this one, too.
  ///   - others: Further texts by the names of their files.
  func companions(
    at path: String, from source: String? = nil, _ others: [String: String] = [:]
  ) -> ModelCompanions {
    .replaced { folder in
      var texts = others
      texts["README.md"] = summary(path).card(filesIn: folder)
      texts["LICENSE.txt"] =
        source.flatMap { FileSystem.contents("\($0)/LICENSE.txt") }
        .map { String(decoding: $0, as: UTF8.self) } ?? licenceText
      return texts
    }
  }

  private var licenceText: String {
    guard let licence else {
      return """
        No licence was named when this model was trained (tagma train … --licence). What its training data may be used for,
        which README.md names, holds for the weights and vocabularies in this folder, too.

        """
    }
    return "The weights and vocabularies in this folder are licensed \(licence).\n"
  }
}

extension ModelSummary {
  func size(of folder: String) -> String {
    decimal(Double(Self.bytes(in: folder)) / 1e6, 1) + " MB"
  }

  /// A folder's own bytes are none of the model's.
  private static func bytes(in folder: String) -> Int {
    FileSystem.names(in: folder).reduce(0) { sum, name in
      let path = "\(folder)/\(name)"
      return switch FileSystem.status(path) {
      case let status? where status.kind == .file: sum + status.size
      case let status? where status.kind == .folder: sum + bytes(in: path)
      default: sum
      }
    }
  }

  /// A command on lines of at most about 110 characters.
  func wrapped(_ command: [String]) -> String {
    var lines = ["    tagma"]
    for word in command {
      let shown = shellQuoted(word)
      if lines[lines.count - 1].count + shown.count > 108 {
        lines[lines.count - 1] += " \\"
        lines.append("     ")
      }
      lines[lines.count - 1] += " " + shown
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

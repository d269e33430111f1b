internal import Foundation
internal import Tagma
internal import TagmaCorpora

/// A model in words: for `model info` and for its card.
protocol ModelSummary {
  var path: String { get }
  /// What `model.json` says.
  var json: any Encodable { get }
  var text: String { get }
  var card: String { get }
}

/// A model of any kind.
enum AnyModel {
  case tagger(Tagger)
  case translator(Translator)
  case languageModel(LanguageModel)
  case regressor(Regressor)
  case segmenter(Segmenter)

  init(contentsOf path: String) throws {
    switch try modelKind(in: path) {
    case "translator": self = .translator(try Translator(contentsOf: path))
    case "language-model": self = .languageModel(try LanguageModel(contentsOf: path))
    case "regressor": self = .regressor(try Regressor(contentsOf: path))
    case "segmenter": self = .segmenter(try Segmenter(contentsOf: path))
    default: self = .tagger(try Tagger(contentsOf: path))
    }
  }

  func summary(_ path: String) -> any ModelSummary {
    switch self {
    case .tagger(let tagger): TaggerSummary(tagger, path)
    case .translator(let translator): TranslatorSummary(translator, path)
    case .languageModel(let model): LanguageModelSummary(model, path)
    case .regressor(let regressor): RegressorSummary(regressor, path)
    case .segmenter(let segmenter): SegmenterSummary(segmenter, path)
    }
  }

  func write(to folder: String, as storage: WeightStorage?) throws {
    switch self {
    case .tagger(let tagger): try tagger.write(to: folder, as: storage)
    case .translator(let translator): try translator.write(to: folder, as: storage)
    case .languageModel(let model): try model.write(to: folder, as: storage)
    case .regressor(let regressor): try regressor.write(to: folder, as: storage)
    case .segmenter(let segmenter): try segmenter.write(to: folder, as: storage)
    }
  }
}

extension ModelSummary {
  var size: String {
    decimal(Double(Self.bytes(in: path)) / 1e6, 1) + " MB"
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

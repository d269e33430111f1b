/// What can go wrong between a model, its folder and its data.
public struct ModelError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: Sendable, Equatable {
    case modelNotFound
    case fileMissing(String)
    case damaged(String)
    case otherKind(found: String, expected: String)
    case otherUnits
    case newerFormat(found: Int, supported: Int)
    case tensorMismatch([String])
    case checksum(expected: String, found: String)
    /// What git does to text files.
    case lineEndsChanged
    /// A file that changes what the model says, but is none of those that it was written with.
    case notOfTheModel(String)
    case noPermission
    case cannotRead(String)
    case damagedCheckpoints
    case noTrainingData
    case tooLittleData(found: String, needed: String)
    case noModels
    case noLabels(task: String)
    case tooManyLabels(task: String, count: Int, limit: Int)
    case sentenceTooLong(place: String, tokens: Int, limit: Int)
    case diverged(epoch: Int)
    case unknownSetting(String, known: [String], nearest: String? = nil)
    case malformedSettings(found: String, expected: String)
    case badSetting(String, expected: String)
    case changedSinceCheckpoint(String)
    case nothingToResume
    case locked(String)
    case missingInput(task: String)
    case missingNumbers(found: Int, needed: Int)
  }
  public let kind: Kind
  /// The folder or file it is about; may be empty.
  public let path: String

  public init(_ kind: Kind, path: String = "") {
    self.kind = kind
    self.path = path
  }

  public var description: String { path.isEmpty ? message : "\(path): \(message)" }

  private var message: String {
    switch kind {
    case .modelNotFound: "no such model folder"
    case .fileMissing(let name): "the model has no \(name)"
    case .damaged(let why): "damaged model: \(why)"
    case .otherKind(let found, let expected): "this is a \(found), expected a \(expected)"
    case .otherUnits: "members of an ensemble need the same subword vocabulary as the first model"
    case .newerFormat(let found, let supported):
      "model format \(found) is newer than \(supported), the newest this version reads"
    case .tensorMismatch(let list):
      "weights do not fit the configuration: "
        + list.joined(separator: "; ")
    case .checksum(let expected, let found):
      "damaged, changed or of another model: its checksum is \(found), expected \(expected)"
    case .lineEndsChanged:
      "damaged model: its line feeds became CR LF, as git does with core.autocrlf; "
        + "a line '*.vocab -text' in .gitattributes keeps them"
    case .notOfTheModel(let name):
      "'\(name)' is not of this model; where it belongs to it, tagma model seal takes it in"
    case .noPermission: "no permission to read it"
    case .cannotRead(let why): "cannot be read: \(why)"
    case .damagedCheckpoints:
      "the checkpoint is damaged, and so is the one before it; --force begins anew"
    case .noTrainingData: "no training sentences"
    case .tooLittleData(let found, let needed): "\(found), expected \(needed)"
    case .noModels: "no model, expected at least one"
    case .noLabels(let task): "the data has no labels for task '\(task)'"
    case .tooManyLabels(let task, let count, let limit):
      "task '\(task)' has \(count) labels, limit \(limit)"
    case .sentenceTooLong(let place, let tokens, let limit):
      "\(place): sentence of \(tokens) tokens, limit \(limit)"
    case .diverged(let epoch):
      "training diverged in epoch \(epoch): the loss is not a number; try a lower training.learningRate"
    case .unknownSetting(let key, let known, let nearest):
      "unknown setting '\(key)'; "
        + (nearest.map { "did you mean \($0)? " } ?? "")
        + "known are \(known.joined(separator: ", "))"
    case .malformedSettings(let found, let expected): "found \(found), expected \(expected)"
    case .badSetting(let key, let expected): "setting '\(key)': expected \(expected)"
    case .changedSinceCheckpoint(let what):
      "\(what) changed since the checkpoint was written; --allow-changed goes on all the same"
    case .nothingToResume: "there is no checkpoint to resume from"
    case .locked(let who): "another training is using this folder (process \(who))"
    case .missingInput(let task):
      task == "numbers"
        ? "the model needs columns of numbers as input"
        : "the model needs labels of '\(task)' as input"
    case .missingNumbers(let found, let needed):
      "\(found) number\(found == 1 ? "" : "s") for a word, expected \(needed) (--numbers)"
    }
  }
}

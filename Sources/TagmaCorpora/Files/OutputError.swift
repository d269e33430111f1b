internal import Foundation

/// Why something could not be written.
public struct OutputError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: Sendable, Equatable {
    case cannotCreate
    case noPermission
    case writeFailed
    /// It is one of the files that are read.
    case isInput
    /// It is one of the files of a model.
    case isOfModel
    /// A model is there already.
    case holdsModel
    /// A training that was stopped is there.
    case holdsCheckpoint
  }
  public let kind: Kind
  public let path: String
  /// The system's error number; 0 where it was not the system that refused.
  public let code: Int32

  public init(kind: Kind, path: String, code: Int32 = 0) {
    self.kind = kind
    self.path = path
    self.code = code
  }

  /// What the system says of a file that it does not create.
  package init(creating path: String, code: Int32) {
    self.init(
      kind: code == EACCES || code == EPERM ? .noPermission : .cannotCreate, path: path, code: code)
  }

  public var description: String { "\(path): \(message)" }

  private var message: String {
    switch kind {
    case .cannotCreate, .noPermission: "cannot be created: \(String(cString: strerror(code)))"
    case .writeFailed: "write failed: \(String(cString: strerror(code)))"
    case .isInput: "it is one of the files that are read; --force writes over it"
    case .isOfModel: "it is a file of a finished model; --force writes over it"
    case .holdsModel: "there is a finished model; --force puts another in its place"
    case .holdsCheckpoint:
      "a training was stopped there; --resume goes on with it, --force begins anew"
    }
  }
}

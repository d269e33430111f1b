internal import ArgumentParser
internal import Tagma
internal import TagmaService

/// The exit codes that the documentation promises.
enum ExitStatus {
  static let belowThreshold: Int32 = 1
  static let usage: Int32 = 64
  static let badData: Int32 = 65
  static let noInput: Int32 = 66
  static let unavailable: Int32 = 69
  static let internalError: Int32 = 70
  static let systemLimit: Int32 = 71
  static let cannotCreate: Int32 = 73
  static let writeFailed: Int32 = 74
  static let temporary: Int32 = 75
  static let noPermission: Int32 = 77
  static let badConfiguration: Int32 = 78

  /// The code of one of our errors; nil for those of the argument parser, which knows its own.
  static func code(of error: any Error) -> Int32? {
    switch error {
    case let error as CorpusError: corpusCode(error)
    case let error as OutputError: outputCode(error)
    case let error as ModelError: taggingCode(error)
    case is TokenizationError: badConfiguration
    case is ListeningError: unavailable
    case is UsageError: usage
    case is ModelNotFound: noInput
    case is ExitCode, is CleanExit, is ValidationError: nil
    default: String(describing: type(of: error)).hasPrefix("CommandError") ? nil : internalError
    }
  }

  private static func corpusCode(_ error: CorpusError) -> Int32 {
    switch error.kind {
    case .notFound: noInput
    case .noPermission: noPermission
    case .cannotRead: noInput
    default: badData
    }
  }

  private static func outputCode(_ error: OutputError) -> Int32 {
    switch error.kind {
    case .cannotCreate: cannotCreate
    case .noPermission: noPermission
    case .writeFailed: writeFailed
    // Nothing is wrong with the files: the command is not what is wanted.
    case .isInput, .isOfModel, .holdsModel, .holdsCheckpoint: usage
    }
  }

  private static func taggingCode(_ error: ModelError) -> Int32 {
    switch error.kind {
    case .modelNotFound, .cannotRead: noInput
    case .noPermission: noPermission
    case .diverged: internalError
    case .unknownSetting, .badSetting, .malformedSettings, .changedSinceCheckpoint: badConfiguration
    case .locked: temporary
    default: badData
    }
  }
}

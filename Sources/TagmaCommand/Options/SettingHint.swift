internal import Tagma

/// How a setting is given that was taken for an option, such as `--epochs`; nil where none was.
///
/// - Parameters:
///   - message: What the argument parser says is wrong.
///   - arguments: What the program was called with, its own name first.
func settingHint(for message: String, _ arguments: [String]) -> String? {
  guard message.hasPrefix("Unknown option '--"), arguments.count > 2, arguments[1] == "train",
    let name = message.split(separator: "'").dropFirst().first?.dropFirst(2),
    let known = settingNames(of: arguments[2])
  else { return nil }
  return nearestName(to: String(name), among: known).map {
    "'--\(name)' is no option, but perhaps a setting: --set \($0)=…"
  }
}

/// The settings of what is trained; nil where it has none.
private func settingNames(of trained: String) -> [String]? {
  func names<Kind: ModelKind>(_: Kind.Type) -> [String] {
    SettingFields(TrainingSettings<Kind.Hyperparameters>()).names.map { "training.\($0)" }
      + SettingFields(Kind.Configuration()).names.map { "\(trained).\($0)" }
  }
  let kinds: [any ModelKind.Type] = [
    TaggerKind.self, SegmenterKind.self, TranslatorKind.self, LanguageModelKind.self,
    RegressorKind.self, ClassifierKind.self,
  ]
  return kinds.first { $0.name == trained }.map { names($0) }
}

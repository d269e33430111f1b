internal import Foundation
internal import Tagma
internal import TagmaCorpora

/// The corpora of a training as the command line names them.
struct TrainingFiles {
  var train: [String]
  var dev: [String]
  var task: String?
  var columns: ColumnOptions
  var seed: UInt64

  /// Reads all files.
  ///
  /// A share such as `10%` cuts every n-th sentence of the training data off.
  func read() throws -> (train: [TrainingCorpus], dev: [TrainingCorpus]) {
    let (train, dev) = try readFiles()
    return (Self.findingSpans(train, in: train), Self.findingSpans(dev, in: train + dev))
  }

  /// Corpora whose tasks of names that say nothing are spans where all their labels are tags of spans.
  private static func findingSpans(
    _ corpora: [TrainingCorpus], in all: [TrainingCorpus]
  ) -> [TrainingCorpus] {
    corpora.map { corpus in
      var corpus = corpus
      corpus.tasks = corpus.tasks.map { task in
        recognized(
          task, in: all.lazy.filter { $0.tasks.contains(task) }.flatMap(\.sentences))
      }
      return corpus
    }
  }

  /// A task, which is one of spans where its name says nothing and all its labels are tags of spans.
  static func recognized(_ task: TaggingTask, in sentences: some Sequence<Sentence>) -> TaggingTask
  {
    guard !task.isKnown, areSpanTags(sentences.lazy.compactMap { $0.labels(of: task) }) else {
      return task
    }
    return TaggingTask(task.name, isSpans: true)
  }

  private func readFiles() throws -> (train: [TrainingCorpus], dev: [TrainingCorpus]) {
    var corpora = try train.map(corpus)
    if let share = try HeldOutShare(dev) {
      var held: [TrainingCorpus] = []
      for i in corpora.indices {
        var part = corpora[i]
        part.sentences = share.cut(&corpora[i].sentences, seed: seed)
        held.append(part)
      }
      return (corpora, held)
    }
    return (corpora, try dev.map(corpus))
  }

  private func corpus(_ argument: String) throws -> TrainingCorpus {
    let (tasks, path) = Self.split(argument)
    let wanted = tasks ?? task.map(Self.tasks)
    let format = try columns.format(task: wanted?.first ?? .ner)
    let sentences = try openCorpus(path, columns: format, encoding: columns.encoding).readAll()
    let given = try columns.givenColumns().map(\.0)
    let known = (wanted ?? Self.tasks(in: sentences, format)).filter { !given.contains($0) }
    for task in known {
      guard sentences.contains(where: { $0.labels(of: task) != nil }) else {
        throw ModelError(.noLabels(task: task.name), path: path)
      }
      for sentence in sentences { try sentence.checkSpanTags(of: task) }
    }
    return TrainingCorpus(
      name: FilePath.name(of: path), tasks: known, sentences: sentences,
      sha256: try fileSHA256(path))
  }

  static func tasks(_ list: String) -> [TaggingTask] {
    list.split(separator: ",").map { TaggingTask(String($0)) }
  }

  /// `upos,xpos=FILE` taken apart; a path with `=` in it but no such file name stays whole.
  static func split(_ argument: String) -> ([TaggingTask]?, String) {
    guard let sign = argument.firstIndex(of: "="),
      !FileSystem.exists(argument),
      argument[..<sign].allSatisfy({ $0.isLetter || $0 == "," || $0 == "-" || $0 == "_" })
    else { return (nil, argument) }
    return (tasks(String(argument[..<sign])), String(argument[argument.index(after: sign)...]))
  }

  /// What a corpus has labels for: fields that are not all `_`.
  static func tasks(in sentences: [Sentence], _ format: ColumnFormat) -> [TaggingTask] {
    let tokens = sentences.lazy.flatMap(\.tokens)
    var found: [TaggingTask] = []
    if sentences.first?.columns.isEmpty ?? true {
      if tokens.contains(where: { $0.upos != "_" }) { found.append(.upos) }
      if tokens.contains(where: { $0.xpos != "_" }) { found.append(.xpos) }
      if tokens.contains(where: { $0.feats != "_" }) { found.append(.feats) }
    }
    let layers = Set(sentences.lazy.flatMap { $0.layers.keys })
    return found + layers.sorted { $0.name < $1.name }
  }
}

internal import ArgumentParser
internal import Foundation
internal import Tagma
internal import TagmaCorpora

/// `tagma train tagger` — learns to label words from CoNLL data.
struct TrainTaggerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tagger",
    abstract: "Train a tagger on CoNLL-U or column files.",
    discussion: """
      Several corpora with other labels can train one model: name the tasks before the file.

        tagma train tagger --train train.conllu --dev dev.conllu -o my-model
        tagma train tagger --train upos,xpos,feats=train.conllu --train ner=train.iob2 \\
          --dev upos,xpos,feats=dev.conllu --dev ner=dev.iob2 --map OTH=O -o my-model

      With the task segment, CoNLL-U files also teach how raw text is cut; with lemma, what lemmas words have:

        tagma train tagger --task segment,upos,xpos,feats,lemma --train train.conllu --dev dev.conllu --language pt -o my-model

      A training that was stopped goes on with --resume. Two signals stop at once.
      """)

  @Option(parsing: .upToNextOption, help: "Training files, as FILE or TASKS=FILE.")
  var train: [String]

  @Option(
    parsing: .upToNextOption,
    help: "Files to choose the best epoch by, as FILE or TASKS=FILE; or a share such as 10%.")
  var dev: [String] = []

  @Option(help: "Tasks to learn, such as segment,upos,xpos,feats,lemma,ner,chunk.")
  var task: String?

  @OptionGroup var columns: ColumnOptions

  @Option(
    help: ArgumentHelp(
      """
      Word vectors to begin with: GloVe, word2vec (text, binary) or fastText; as fixed:FILE they stay as they are, for all \
      words of the file; language models that read each word in its sentence, as lm:FOLDER; or several with commas.
      """), completion: .file())
  var embeddings: String?

  @Option(help: "Read at most this many vectors.")
  var embeddingsLimit: Int?

  @Option(
    help: ArgumentHelp(
      """
      Names that may stand where training sentences have others: lines of a label, a tab and a name, such as \
      'LOC<tab>New York'; needs training.spanReplacement.
      """), completion: .file())
  var names: String?

  @Option(name: .customLong("from"), help: "A model to start from.")
  var initial: String?

  @Option(help: "The language of the data, for the model's card and its tokenizer.")
  var language: String?

  @OptionGroup var training: TrainingOptions

  func validate() throws {
    try validateLanguage(language)
    if train.isEmpty { throw ValidationError("--train needs a file") }
    if embeddingsLimit != nil, embeddings == nil {
      throw ValidationError("--embeddings-limit is for --embeddings")
    }
  }

  /// Where the segmenter of the task `segment` goes.
  private var ofSegmenter: TrainingOptions {
    var inner = training
    inner.output += "/segmenter"
    return inner
  }

  func run() async throws {
    let files = (train + dev).map { TrainingFiles.split($0).1 } + [names].compactMap(\.self)
    try training.check(reading: files)
    if !SegmentTask.split(train, task: task).segmented.isEmpty {
      try ofSegmenter.check(reading: files)
    }
    let initial = try initial.map { try Tagger(contentsOf: try ModelPath.find($0)) }
    let settings = try GivenSettings<TaggerKind>(
      initial?.description.configuration ?? TaggerConfiguration(), config: training.config,
      overrides: training.settings, seed: training.seed, isGiven: initial != nil)
    if names != nil, settings.training.spanReplacement == 0 {
      throw UsageError("--names needs training.spanReplacement above 0")
    }
    let inputTasks = try columns.givenColumns().map(\.0)
    let (segmented, trainFiles) = SegmentTask.split(train, task: task)
    let (segmentedDev, devFiles) = SegmentTask.split(dev, task: task)
    let (corpora, devCorpora) = try TrainingFiles(
      train: trainFiles, dev: devFiles, task: SegmentTask.without(task), columns: columns,
      seed: settings.training.seed
    ).read()
    if let same = devCorpora.first(where: { dev in
      devFiles.first?.hasSuffix("%") != true && corpora.contains { $0.sha256 == dev.sha256 }
    }) {
      warn("\(same.name) is learned from, too: its scores say nothing of other texts")
    }
    let tasks =
      TaggingTask.canonicalOrder.filter { task in corpora.contains { $0.tasks.contains(task) } }
      + Set(corpora.flatMap(\.tasks)).subtracting(TaggingTask.canonicalOrder).sorted {
        $0.name < $1.name
      }
    warnOfMissingSpans(tasks, corpora)
    var configuration = settings.model
    configuration.inputTasks += inputTasks
    configuration.numbers = try columns.format().numbers
    let given = try embeddings.map(GivenEmbeddings.init)
    if initial != nil, given?.describesWords == true {
      throw ValidationError("--from keeps the embeddings of its model: leave out fixed: and lm:")
    }
    let vectors = try given?.vectors.map {
      try WordVectorTable(
        contentsOf: $0, needed: WordVectorTable.words(of: corpora + devCorpora),
        limit: embeddingsLimit ?? .max)
    }
    if let vectors { configuration.wordSize = vectors.size }
    let trainer = try TaggerTrainer(
      corpora: corpora, dev: devCorpora, tasks: tasks,
      names: try names.map { try NameList(contentsOf: $0) }, configuration: configuration,
      training: settings.training, vectors: vectors,
      embeddings: try given?.embeddings(limit: embeddingsLimit ?? .max),
      initial: initial)
    trainer.language = language ?? initial?.description.language
    if trainer.language == nil, configuration.numbers.isEmpty {
      training.progress.note(
        "no --language: the model will cut raw text by the rules for English")
    }
    try training.run(trainer, facts: Self.facts(corpora, dev: devCorpora)) {
      let tagger = trainer.bestTagger()
      return (.tagger(tagger), TrainingReport(trainer, tagger, dev: devCorpora))
    }
    guard !segmented.isEmpty else { return }
    var inner = ofSegmenter
    inner.settings =
      settings.training.seed == TaggerTrainingSettings().seed
      ? [] : ["training.seed=\(settings.training.seed)"]
    inner.config = nil
    try TrainSegmenterCommand.train(
      segmented, dev: segmentedDev, language: language ?? "en", options: inner)
  }
}

extension TrainTaggerCommand {
  /// What else `--dry-run` shows: the files and what each is learned for.
  private static func facts(
    _ corpora: [TrainingCorpus], dev: [TrainingCorpus]
  ) -> [(name: String, value: String)] {
    [("train", corpora), ("dev", dev)].flatMap { kind, list in
      list.map { corpus in
        let tokens = corpus.sentences.reduce(0) { $0 + $1.tokens.count }
        return (
          kind,
          "\(corpus.name)\t\(corpus.tasks.map(\.name).joined(separator: ","))\t"
            + "\(corpus.sentences.count) sentences\t\(tokens) tokens"
        )
      }
    }
  }
}

/// Data whose labels are all `O` teaches a model to find nothing, which may be meant or the wrong column.
private func warnOfMissingSpans(_ tasks: [TaggingTask], _ corpora: [TrainingCorpus]) {
  for task in tasks where task.isSpans {
    let sentences = corpora.lazy.filter { $0.tasks.contains(task) }.flatMap(\.sentences)
    if !sentences.contains(where: { $0.labels(of: task)?.contains { $0 != "O" } ?? false }) {
      warn("the training data has no span for task '\(task)': all its labels are O")
    }
  }
}

/// What `--embeddings` names.
private struct GivenEmbeddings {
  /// A file of word vectors that the tagger's table begins with.
  private(set) var vectors: String?
  /// A file of word vectors that stay as they are.
  private var fixed: String?
  /// Folders of language models.
  private var models: [String] = []

  init(_ list: String) throws {
    for item in list.split(separator: ",").map(String.init) {
      if let model = try Self.name(item, after: "lm:") {
        models.append(model)
      } else if let file = try Self.name(item, after: "fixed:") {
        try Self.set(&fixed, file)
      } else if FileSystem.isFolder(item) {
        models.append(item)
      } else {
        try Self.set(&vectors, item)
      }
    }
  }

  private static func name(_ item: String, after prefix: String) throws -> String? {
    guard item.hasPrefix(prefix) else { return nil }
    guard item != prefix else { throw ValidationError("--embeddings: no name after '\(prefix)'") }
    return String(item.dropFirst(prefix.count))
  }

  private static func set(_ file: inout String?, _ name: String) throws {
    guard file == nil else {
      throw ValidationError("--embeddings takes one file of a kind; '\(name)' is another")
    }
    file = name
  }

  /// Whether something describes words beside the tagger's own table.
  var describesWords: Bool { fixed != nil || !models.isEmpty }

  /// What describes words beside the tagger's own table; nil where nothing does.
  func embeddings(limit: Int) throws -> TokenEmbeddings? {
    guard describesWords else { return nil }
    return TokenEmbeddings(
      try models.map { try LanguageModel(contentsOf: try ModelPath.find($0)) },
      vectors: try fixed.map { try WordVectorTable(contentsOf: $0, limit: limit) })
  }
}

/// The task `segment`, which is a model of its own beside the tagger's.
private enum SegmentTask {
  private static let task = TaggingTask("segment")

  /// The files that it is learned from, and all files without it.
  static func split(_ files: [String], task list: String?) -> (segmented: [String], rest: [String])
  {
    let isGlobal = list.map { TrainingFiles.tasks($0).contains(task) } ?? false
    var (segmented, rest): ([String], [String]) = ([], [])
    for file in files {
      let (tasks, path) = TrainingFiles.split(file)
      guard let tasks else {
        // A share such as 10% is no file.
        if isGlobal, !file.hasSuffix("%") { segmented.append(file) }
        rest.append(file)
        continue
      }
      if tasks.contains(task) { segmented.append(path) }
      let others = tasks.filter { $0 != task }
      if !others.isEmpty { rest.append("\(others.map(\.name).joined(separator: ","))=\(path)") }
    }
    return (segmented, rest)
  }

  /// A list of tasks without it; nil where nothing else is named.
  static func without(_ list: String?) -> String? {
    guard let list else { return nil }
    let others = TrainingFiles.tasks(list).filter { $0 != task }
    return others.isEmpty ? nil : others.map(\.name).joined(separator: ",")
  }
}

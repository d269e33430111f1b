internal import ArgumentParser
internal import Foundation
internal import Tagma
internal import TagmaModels

/// `tagma model …` — looks at models and changes how they are stored.
struct ModelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Look at models, check them, store them smaller.",
    subcommands: [
      ModelInfoCommand.self, ModelVerifyCommand.self, ModelCardCommand.self,
      ModelSealCommand.self, ModelQuantizeCommand.self, ModelAverageCommand.self,
      ModelTuneCommand.self,
    ])
}

/// `tagma model info` — what a model is.
struct ModelInfoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Show what a model is and what it was trained on.",
    discussion: "  tagma model info en")

  @Argument(help: "A model: a folder, or the name of one.") var model: String
  @Flag(help: "Write JSON.") var json = false

  func run() async throws {
    let path = try ModelPath.find(model)
    let summary = try AnyModel(contentsOf: path).summary(path)
    let out = try OutputFile("-")
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      try out.write(String(decoding: encoder.encode(summary.json), as: UTF8.self) + "\n")
    } else {
      try out.write(summary.text)
    }
    try out.commit()
  }
}

/// `tagma model verify` — whether a model is whole.
struct ModelVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check that a model is whole and undamaged.",
    discussion: "  tagma model verify en")

  @Argument(help: "A model: a folder, or the name of one.") var model: String

  func run() async throws {
    let path = try ModelPath.find(model)
    let files = try ModelFiles(in: path)
    let problems = files.problems()
    for problem in problems { note("\(problem)") }
    guard problems.isEmpty else { throw ExitCode(ExitStatus.badData) }
    _ = try AnyModel(files)
    let out = try OutputFile("-")
    try out.write(
      "\(path): whole; weights SHA-256 \(try fileSHA256("\(path)/weights.safetensors"))\n")
    if files.isOfFormatOne {
      warn(
        "it is of format 1, in which only the weights have a checksum; tagma model seal gives one to every file"
      )
    }
    try out.commit()
  }
}

/// `tagma model card` — a page about a model.
struct ModelCardCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "card", abstract: "Write a model's card, in Markdown.",
    discussion: "  tagma model card my-model > my-model/README.md")

  @Argument(help: "A model: a folder, or the name of one.") var model: String

  func run() async throws {
    let path = try ModelPath.find(model)
    let out = try OutputFile("-")
    try out.write(AnyModel(contentsOf: path).summary(path).card(filesIn: path))
    try out.commit()
  }
}

/// `tagma model seal` — the files as they are become the model.
struct ModelSealCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seal",
    abstract: "Write the checksums of a model's files anew.",
    discussion: """
      A model knows its files by their checksums, and one that was changed is refused. After a change that is meant, such as of \
      model.json, of a vocabulary, or another segmenter, this takes the files as they are, where they are a model. A model of \
      an earlier version gets its checksums.

        tagma model seal my-model
      """)

  @Argument(help: "A model: a folder, or the name of one.") var model: String

  func run() async throws {
    let path = try ModelPath.find(model)
    try AnyModel(ModelFiles(in: path, .asTheyAre)).write(to: path, beside: .kept)
  }
}

/// What the commands that make a model of others have in common.
struct NewModelOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "The folder of the new model.", completion: .directory)
  var output: String

  @Flag(help: "Put the new model in the place of one that is there.")
  var force = false

  /// Refuses to take the place of a model.
  func check() throws {
    guard !force else { return }
    try TrainingFolder(output).checkFree(resumes: false, reading: [])
  }

  /// - Parameter source: The model whose licence holds for this one, too.
  func write(_ model: AnyModel, as storage: WeightStorage? = nil, from source: String) throws {
    try model.write(
      to: output, as: storage, beside: model.companions(at: output, from: source))
  }
}

/// `tagma model quantize` — half the size, or less.
struct ModelQuantizeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantize",
    abstract: "Store a model's weights in bfloat16, half the size.",
    discussion: """
        tagma model quantize my-model -o my-model-bf16
        tagma model quantize my-model -o my-model-small --compact
      """)

  @Argument(help: "A model: a folder, or the name of one.") var model: String
  @OptionGroup var new: NewModelOptions
  @Flag(help: "Store vectors that are looked up in 8 bits, such as those of words.")
  var compact = false

  func run() async throws {
    try new.check()
    let path = try ModelPath.find(model)
    try new.write(
      AnyModel(contentsOf: path), as: compact ? .compact : .bfloat16, from: path)
  }
}

/// `tagma model average` — the mean of several models' weights.
struct ModelAverageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "average",
    abstract: "Average the weights of taggers or translators of one training.",
    discussion: "  tagma model average a b c -o mean")

  @Argument(help: "Models of the same layout and vocabularies.") var models: [String]
  @OptionGroup var new: NewModelOptions

  func validate() throws {
    if models.isEmpty { throw ValidationError("there are no models to average") }
  }

  func run() async throws {
    try new.check()
    let paths = try models.map { try ModelPath.find($0) }
    let mean: AnyModel =
      try modelKind(in: paths[0]) == "translator"
      ? .translator(try Translator.average(try paths.map { try Translator(contentsOf: $0) }))
      : .tagger(try Tagger.average(try paths.map { try Tagger(contentsOf: $0) }))
    try new.write(mean, from: paths[0])
  }
}

/// `tagma model tune` — which spans a tagger believes.
struct ModelTuneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Choose on dev data how probable a span must be to be believed.",
    discussion: """
      A training does it at its end; a model whose weights were averaged, or that is meant for other texts, may want it anew. \
      Where comments (# newdoc) say where documents begin, how much the rest of a document counts is chosen, too, and \
      the labels whose names are used in parts, as those of persons are. Without dev data, as where that was learned from, \
      all three can be given.

        tagma model tune en --dev ner=dev.iob2 --map OTH=O -o tuned
        tagma model tune en --threshold 0.45 --documents 0.8 --parts PER -o tuned
      """)

  @Argument(help: "A tagger: a folder, or the name of one.") var model: String
  @Option(parsing: .upToNextOption, help: "Files to choose by, as FILE or TASKS=FILE.")
  var dev: [String] = []
  @Option(help: "The probability above which a span is believed, of all tasks of spans.")
  var threshold: Double?
  @Option(help: "How much the rest of a document counts, from 0 to 1.")
  var documents: Double?
  @Option(
    help: "Labels, with commas between, of names whose first or last word stands for the whole.",
    transform: { $0.split(separator: ",").map(String.init) })
  var parts: [String] = []
  @OptionGroup var columns: ColumnOptions
  @Option(name: .shortAndLong, help: "Threads; the result does not depend on it.")
  var jobs = 2
  @OptionGroup var new: NewModelOptions

  func validate() throws {
    if !(1...1024).contains(jobs) { throw ValidationError("--jobs must be from 1 to 1024") }
    guard dev.isEmpty == (threshold != nil) else {
      throw ValidationError("give either --dev FILES or --threshold")
    }
    if let threshold, !(threshold > 0 && threshold < 1) {
      throw ValidationError("--threshold must be between 0 and 1")
    }
    if let documents {
      guard threshold != nil else {
        throw ValidationError("--documents goes with --threshold; --dev chooses both")
      }
      if !(0...1).contains(documents) {
        throw ValidationError("--documents must be from 0 to 1")
      }
    }
    if !parts.isEmpty, documents ?? 0 == 0 {
      throw ValidationError("--parts goes with --documents; --dev chooses both")
    }
  }

  func run() async throws {
    try new.check()
    let path = try ModelPath.find(model)
    let tagger = try Tagger(contentsOf: path)
    let choices = try threshold.map { given($0, for: tagger) } ?? chosen(for: tagger)
    guard !choices.isEmpty else {
      throw ValidationError(
        threshold == nil
          ? "--dev has no labels of a task whose spans '\(model)' finds by probability"
          : "'\(model)' finds no spans by probability")
    }
    let labels = Set(tagger.probableSpanTasks.flatMap(tagger.spanLabels))
    if let part = parts.first(where: { !labels.contains($0) }) {
      throw ValidationError(
        "--parts names '\(part)'; labels are \(labels.sorted().joined(separator: ", "))")
    }
    try new.write(.tagger(tagger.believing(choices)), from: path)
  }

  private func given(_ threshold: Double, for tagger: Tagger) -> [TaggingTask: SpanChoice] {
    let choices = tagger.probableSpanTasks.map { task in
      (
        task,
        SpanChoice(
          threshold: threshold, documentShare: documents ?? 0,
          documentParts: parts.filter(tagger.spanLabels(of: task).contains))
      )
    }
    return Dictionary(uniqueKeysWithValues: choices)
  }

  private func chosen(for tagger: Tagger) throws -> [TaggingTask: SpanChoice] {
    let corpora = try TrainingFiles(train: [], dev: dev, columns: columns, seed: 1).read().dev
    for corpus in corpora {
      if let missing = tagger.missingInput(in: corpus.sentences) {
        throw ModelError(.missingInput(task: missing.name), path: corpus.name)
      }
    }
    var choices: [TaggingTask: SpanChoice] = [:]
    for task in tagger.probableSpanTasks {
      let sentences = corpora.filter { $0.tasks.contains(task) }.map(\.sentences)
      guard let choice = tagger.tunedSpans(of: task, on: sentences, threads: jobs) else { continue }
      choices[task] = choice
      let parts =
        choice.documentParts.isEmpty
        ? "" : ", partial names: \(choice.documentParts.joined(separator: ", "))"
      note(
        "\(task.name): threshold \(decimal(choice.threshold, 2)), document weight "
          + "\(decimal(choice.documentShare, 2))\(parts), F1 \(decimal(choice.score ?? 0, 2))")
    }
    return choices
  }
}

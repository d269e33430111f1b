internal import ArgumentParser
internal import Tagma

/// `tagma tag` — labels every word of a text or corpus.
struct TagCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag",
    abstract: "Label every word of a text or corpus.",
    discussion: """
      Reads raw text by default and writes CoNLL-U:

        tagma tag -m en < letter.txt
        tagma tag -m en -O html letter.txt -o letter.html
        tagma tag -m en -I conllu -O columns --task ner corpus.conllu
      """)

  @Option(name: .shortAndLong, help: "A model: a folder, or the name of one.")
  var model: String

  @Option(help: "Write only these tasks, such as upos,ner.")
  var task: String?

  @Option(
    name: .shortAndLong,
    help: "The language of raw text, by default the model's; another is cut by rules.")
  var language: String?

  @Flag(help: "Write how sure each label is.")
  var confidence = false

  @Option(help: "Write the K best label sequences of span tasks.")
  var nbest = 0

  @OptionGroup var columns: ColumnOptions
  @OptionGroup var document: DocumentOptions

  func validate() throws {
    try validateLanguage(language)
    if nbest < 0 || nbest > 1000 { throw ValidationError("--nbest must be from 0 to 1000") }
    if nbest > 0, ![.conllu, .jsonl].contains(document.output) {
      throw ValidationError("--nbest is for -O conllu and jsonl")
    }
    if confidence, [.brat, .lines].contains(document.output) {
      throw ValidationError("-O \(document.output.rawValue) writes no confidences")
    }
    if task != nil, document.output == .lines {
      throw ValidationError("-O lines writes words alone; -O vertical has labels beside them")
    }
    if language != nil, ![.text, .lines, .jsonl].contains(document.format) {
      throw ValidationError("--language is for raw text: -I text, lines or jsonl")
    }
    if document.format != .columns, columns.describesColumns {
      throw ValidationError(
        "--columns, --features, --numbers, --separator and --map are for -I columns")
    }
  }

  func run() async throws {
    // While the model is read.
    async let rules: Void = Tokenizer.compileRules()
    let path = try ModelPath.find(model)
    let tagger = try Tagger(contentsOf: path)
    await rules
    var pipeline = DocumentPipeline(tagger, language: language)
    pipeline.tagging.confidence = confidence
    pipeline.tagging.nbest = nbest
    var format = try columns.format()
    format.ignoresLabels = pipeline.columns.ignoresLabels
    format.numbers = pipeline.columns.numbers
    pipeline.columns = format
    pipeline.encoding = columns.encoding
    var options = OutputOptions()
    options.confidence = confidence
    options.tasks = inCanonicalOrder(try tasks(of: tagger))
    try checkEffect(of: options.tasks)
    options.title = document.title ?? "Tagged text"
    options.language = language ?? tagger.description.language
    try document.run(
      pipeline, options, reading: [path],
      watch: LanguageWatch(language == nil ? tagger.description.language : nil))
  }

  /// What is asked for must show in what is written.
  private func checkEffect(of tasks: [TaggingTask]) throws {
    if document.output == .lines {
      warn("-O lines writes words alone; -O vertical has labels beside them")
    }
    guard !tasks.contains(where: \.isSpans) else { return }
    let names = tasks.map(\.name).joined(separator: ", ")
    if document.output == .brat {
      throw UsageError("-O brat writes spans, but there are only \(names)")
    }
    if nbest > 0 { throw UsageError("--nbest is for spans, but there are only \(names)") }
  }

  private func tasks(of tagger: Tagger) throws -> [TaggingTask] {
    guard let task else { return tagger.tasks }
    let wanted = TrainingFiles.tasks(task)
    for one in wanted where !tagger.tasks.contains(one) {
      throw UsageError(
        "the model does not know task '\(one)', only \(tagger.tasks.map(\.name).joined(separator: ", "))"
      )
    }
    return tagger.tasks.filter(wanted.contains)
  }
}

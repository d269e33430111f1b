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
    if nbest < 0 || nbest > 1000 { throw ValidationError("--nbest must be from 0 to 1000") }
  }

  func run() async throws {
    // While the model is read.
    async let rules: Void = Tokenizer.compileRules()
    let tagger = try Tagger(contentsOf: try ModelPath.find(model))
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
    options.offsets = document.offsets
    options.confidence = confidence
    options.tasks = inCanonicalOrder(try tasks(of: tagger))
    options.title = "Tagged text"
    try document.run(pipeline, options)
  }

  private func tasks(of tagger: Tagger) throws -> [TaggingTask] {
    guard let task else { return tagger.tasks }
    let wanted = TrainingFiles.tasks(task)
    for one in wanted where !tagger.tasks.contains(one) {
      throw ValidationError(
        "the model does not know task '\(one)', only \(tagger.tasks.map(\.name).joined(separator: ", "))"
      )
    }
    return wanted
  }
}

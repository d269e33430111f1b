internal import ArgumentParser
internal import Tagma

/// `tagma tokenize` — cuts raw text into sentences and words.
struct TokenizeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Cut raw text into sentences and words.",
    discussion: """
      Nothing is lost: white space is kept, and `tagma convert -O text` gives the text back.

        tagma tokenize -l en letter.txt
        tagma tokenize -l th -O lines < news.txt
        tagma tokenize -m en letter.txt
      """)

  @Option(name: .shortAndLong, help: "The language, as a code such as en, pt-BR or zh-Hant.")
  var language: String?

  @Option(
    name: .shortAndLong,
    help: "A model that cuts text as its treebank does, instead of the rules for a language.")
  var model: String?

  @Option(help: "The encoding of the input, such as latin1 or utf-16.")
  var encoding: String?

  @OptionGroup var document: DocumentOptions

  func validate() throws {
    try validateLanguage(language)
    if language != nil, model != nil {
      throw ValidationError("-l and -m exclude each other: a model has its language")
    }
    guard [.conllu, .lines, .vertical, .jsonl, .tsv, .columns].contains(document.output) else {
      throw ValidationError("tokenize writes conllu, lines, vertical, jsonl, tsv or columns")
    }
  }

  func run() async throws {
    var pipeline = DocumentPipeline()
    let path = try model.map { try ModelPath.segmenter($0) }
    pipeline.segmenter = try path.map { try Segmenter(contentsOf: $0) }
    pipeline.tokenizer.language = language ?? pipeline.segmenter?.description.language ?? "en"
    pipeline.encoding = encoding
    try document.run(pipeline, OutputOptions(), reading: path.map { [$0] } ?? [])
  }
}

public import ArgumentParser
internal import Foundation
public import Tagma

extension VectorSettings.Method: ExpressibleByArgument {}

/// `tagma train vectors` — learns what words are alike.
struct TrainVectorsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vectors",
    abstract: "Learn word vectors from raw text.",
    discussion: """
      Skip-gram or CBOW with negative sampling, words made of their runs of letters, as in fastText:

        tagma train vectors --train text.txt.gz -o text.vec
        tagma train vectors --train text.txt -l pt --method cbow --size 200 --deterministic -o text.vec
        tagma train vectors --train sentences.tok -I tokens -o text.vec
        tagma train tagger --train train.conllu --dev dev.conllu --embeddings text.vec -o my-model

      Raw text is cut into words as tagma tokenize cuts it; with -I tokens white space does. The file is text, a word and its vector a line, as word2vec, fastText and gensim read it.
      """)

  @Option(parsing: .upToNextOption, help: "Training files.", completion: .file())
  var train: [String]

  @Option(name: .shortAndLong, help: "The file of vectors.", completion: .file())
  var output: String

  @Option(help: "skipgram: a word predicts its neighbours; cbow: its neighbours predict it.")
  var method = VectorSettings().method

  @Option(help: "Numbers of a vector.")
  var size = VectorSettings().size

  @Option(help: "Neighbours on either side at most.")
  var window = VectorSettings().window

  @Option(help: "Words drawn by chance for each neighbour.")
  var negatives = VectorSettings().negatives

  @Option(help: "Passes over the text.")
  var epochs = VectorSettings().epochs

  @Option(help: "Rarer words have no vector.")
  var minCount = VectorSettings().minimumCount

  @Option(help: "The shortest run of letters.")
  var shortestNgram = VectorSettings().shortestNGram

  @Option(help: "The longest run of letters; 0 does without.")
  var longestNgram = VectorSettings().longestNGram

  @Option(help: "Rows that runs of letters share.")
  var buckets = VectorSettings().buckets

  @Option(help: "The first learning rate; it falls to 0.")
  var learningRate = VectorSettings().learningRate

  @Option(help: "Words of a larger share of the text are not always read.")
  var sample = VectorSettings().sample

  @Option(help: "The seed of everything random.")
  var seed: UInt64 = 1

  @Option(name: .customShort("I"), help: "Input: text, lines, tokens, conllu, columns or jsonl.")
  var input = InputFormat.text

  @Option(name: .shortAndLong, help: "The language of raw text, as a locale such as en, pt or th.")
  var language = "en"

  @Option(help: "A line feed in raw text: white space, or the end of a sentence.")
  var newline = DocumentOptions.Newline.space

  @Option(help: "The files' encoding; UTF-8 unless given.")
  var encoding: String?

  @Option(
    name: .shortAndLong,
    help: "Threads; with more than one, which is faster, other vectors come out each time.")
  var jobs = 1

  @Flag(help: "One thread whatever --jobs says, so that the same text gives the same vectors.")
  var deterministic = false

  @OptionGroup var overwrite: OverwriteOptions

  @OptionGroup var progress: ProgressOptions

  func validate() throws {
    try validateLanguage(language)
    if train.isEmpty { throw ValidationError("--train needs a file") }
    if !(1...1024).contains(jobs) { throw ValidationError("--jobs must be from 1 to 1024") }
  }

  func run() async throws {
    var settings = VectorSettings()
    (settings.method, settings.size, settings.window) = (method, size, window)
    (settings.negatives, settings.epochs, settings.minimumCount) = (negatives, epochs, minCount)
    (settings.shortestNGram, settings.longestNGram) = (
      longestNgram == 0 ? 0 : shortestNgram, longestNgram
    )
    (settings.buckets, settings.learningRate) = (buckets, learningRate)
    (settings.sample, settings.seed) = (sample, seed)
    try InputFiles(train).checkOpen()
    if input == .text || input == .lines { try InputFiles(train).checkText() }
    Signals.watch()
    let out = try overwrite.open(output, reading: train)
    var trainer = try VectorTrainer(settings, sentences: readSentences)
    progress.note("\(trainer.words.count) words, \(trainer.tokenCount) tokens")
    let start = Date()
    let tokens = Double(trainer.tokenCount * epochs)
    var last = 0.0
    trainer.train(threads: deterministic ? 1 : jobs) { p in
      let seconds = Date().timeIntervalSince(start)
      if progress.showsBar {
        let left = seconds / p.done * (1 - p.done)
        writeError(
          "\r\u{1b}[K\(decimal(100 * p.done, 1)) %  loss \(decimal(p.loss, 4))  \(Int(p.done * tokens / seconds)) words/s  \(duration(left)) left"
        )
      }
      last = p.loss
      return Signals.received == 0
    }
    if progress.showsBar { writeError("\r\u{1b}[K") }
    try Self.endOnSignal()
    let seconds = Date().timeIntervalSince(start)
    progress.note(
      "loss \(decimal(last, 4)), \(Int(tokens / max(seconds, 1e-9))) words/s, \(duration(seconds))")
    try trainer.vectors().write(to: out)
    try out.commit()
    progress.note("vectors written to \(output)")
  }

  /// Hands on what `tagma tokenize -O lines` would write.
  private func readSentences(_ body: (String) -> Void) throws {
    var pipeline = DocumentPipeline()
    (pipeline.format, pipeline.encoding, pipeline.threads) = (input, encoding, jobs)
    pipeline.tokenizer.language = language
    pipeline.tokenizer.lineEndsSentence = newline == .sentence
    let formatter = formatter(for: .lines, OutputOptions())
    for path in train {
      try pipeline.run(path, formatter: formatter) { text in
        try Self.endOnSignal()
        for line in text.utf8.split(separator: 0x0a) { body(String(Substring(line))) }
      }
    }
  }

  private static func endOnSignal() throws {
    guard Signals.received == 0 else { throw ExitCode(Signals.exitStatus) }
  }
}

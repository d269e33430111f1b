internal import ArgumentParser
internal import Foundation
internal import Tagma
internal import TagmaKernels
internal import TagmaNeural

/// `tagma benchmark` — how fast this is on this machine.
struct BenchmarkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark",
    abstract: "Measure speed, memory and the share of the machine's peak.",
    discussion: """
      Without arguments it measures products and recurrent layers; with a model also tagging, with
      training data also training.

        tagma benchmark -m en --text book.txt --train train.conllu
      """)

  @Option(name: .shortAndLong, help: "A model: a folder, or the name of one.") var model: String?
  @Option(help: "Raw text to tag.", completion: .file()) var text: String?
  @Option(help: "A corpus to tag from its words.", completion: .file()) var corpus: String?
  @Option(help: "A corpus to train on for a few batches.", completion: .file()) var train: String?
  @Option(
    name: .customLong("set"), help: "A setting of the training, such as tagger.hiddenSizes=200.")
  var settings: [String] = []
  @Option(help: "Tasks of the training.") var task: String?
  @Option(help: "Times each measurement is repeated.") var repeats = 7
  @Flag(help: "Write JSON lines.") var json = false

  func run() async throws {
    keepWorkMemory()
    let out = try OutputFile("-")
    func show(_ rows: [BenchmarkRow]) throws {
      for row in rows { try out.write((json ? row.json : row.text) + "\n") }
      try out.flush()
    }
    if !json {
      try out.write("oneDNN \(Machine.oneDNNVersion), \(Machine.instructionSet)\n")
      try out.write(BenchmarkRow.heading + "\n")
    }
    let benchmark = Benchmark(repeats: max(repeats, 3))
    var peaks: [Int: Double] = [:]
    for threads in [1, 2] {
      let (peak, row) = benchmark.product(threads: threads)
      peaks[threads] = peak
      try show([row])
    }
    for threads in [1, 2] {
      try show(benchmark.recurrent(threads: threads, peak: peaks[threads] ?? 1))
    }
    if let train {
      let settings = try GivenSettings<TaggerKind>(config: nil, overrides: settings, seed: 1)
      let (corpora, _) = try TrainingFiles(
        train: [train], dev: [], task: task, columns: try ColumnOptions.parse([]), seed: 1
      ).read()
      for threads in [1, 2] {
        try show([
          try benchmark.training(corpora, settings, threads: threads, peak: peaks[threads] ?? 1)
        ])
      }
    }
    if let model {
      let path = try ModelPath.find(model)
      if let corpus {
        let sentences = try openCorpus(corpus).readAll()
        for threads in [1, 2] {
          try show([try benchmark.tagging(path, sentences, threads: threads)])
        }
        try show([try benchmark.oneSentence(path, sentences)])
      }
      if let text {
        for threads in [1, 2] { try show([try benchmark.rawText(path, text, threads: threads)]) }
      }
    }
    try show([BenchmarkRow(name: "peak memory", unit: "MB", samples: [peakMemory() / 1e6])])
    try out.commit()
  }

  private func peakMemory() -> Double {
    var usage = rusage()
    #if os(Linux)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return Double(usage.ru_maxrss) * 1024
    #else
      getrusage(RUSAGE_SELF, &usage)
      return Double(usage.ru_maxrss)
    #endif
  }
}

/// A measurement: the median of its samples and a 95 % interval of the median.
struct BenchmarkRow {
  var name: String
  var unit: String
  var samples: [Double]
  var remark = ""

  static let heading = pad("what", 44) + lead("median", 12) + "  95 % interval          unit"

  private var sorted: [Double] { samples.sorted() }
  var median: Double { sorted[sorted.count / 2] }

  /// Order statistics whose ranks are a binomial interval around the middle.
  private var interval: (Double, Double) {
    let n = Double(sorted.count)
    let half = 0.98 * n.squareRoot()
    let low = max(Int((n / 2 - half).rounded(.down)), 0)
    let high = min(Int((n / 2 + half).rounded(.up)), sorted.count - 1)
    return (sorted[low], sorted[high])
  }

  var text: String {
    let (low, high) = interval
    return Self.pad(name, 44) + Self.lead(Self.number(median), 12)
      + Self.pad("  \(Self.number(low))–\(Self.number(high))", 25) + "\(unit)  \(remark)"
  }

  var json: String {
    let (low, high) = interval
    return
      "{\"name\":\"\(name)\",\"median\":\(median),\"low\":\(low),\"high\":\(high),\"unit\":\"\(unit)\",\"remark\":\"\(remark)\"}"
  }

  private static func number(_ value: Double) -> String {
    value >= 1000 ? String(Int(value.rounded())) : decimal(value, value >= 10 ? 1 : 3)
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 0))
  }

  private static func lead(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(width - text.count, 0)) + text
  }
}

/// The measurements.
///
/// Threads are sentences or shards in parallel, as in real work.
struct Benchmark {
  let repeats: Int

  private func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = DispatchTime.now().uptimeNanoseconds
    try body()
    return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
  }

  /// Large products: the machine's peak for all that follows.
  func product(threads: Int) -> (peak: Double, row: BenchmarkRow) {
    let n = 768
    let a = [Float](repeating: 0.5, count: n * n)
    var outputs = (0..<threads).map { _ in [Float](repeating: 0, count: n * n) }
    let samples = (0..<repeats * 3).map { _ in
      let time = seconds {
        forEachConcurrently(&outputs, threads: threads) { _, c in
          for _ in 0..<4 {
            var span = c.mutableSpan
            matrixProduct(a.span, a.span, into: &span, m: n, n: n, k: n)
          }
        }
      }
      return 4 * Double(threads) * 2 * Double(n * n * n) / time / 1e9
    }
    let row = BenchmarkRow(
      name: "product 768×768×768, \(threads) thread(s)", unit: "GFLOP/s", samples: samples)
    return (samples.max() ?? 0, row)
  }

  private struct Job: Sendable {
    var gradients: Gradients
  }

  /// A bidirectional LSTM forward and backward, T = 25, N = 32 over all threads.
  func recurrent(threads: Int, peak: Double) -> [BenchmarkRow] {
    [(256, 256), (328, 200)].map { inputSize, hiddenSize in
      var layout = ParameterLayout()
      let layer = Bidirectional(
        LSTMCell(), inputSize: inputSize, hiddenSize: hiddenSize, name: "l", in: &layout)
      let p = Parameters(layout, seed: 1)
      let (T, N) = (25, 32 / threads)
      let packing = PackedSequences(lengths: Array(repeating: T, count: N))
      let x = PackedMatrix(
        Matrix(rows: T * N, columns: inputSize, filledWith: 0.1), packing)
      let dy = PackedMatrix(
        Matrix(rows: T * N, columns: 2 * hiddenSize, filledWith: 0.1), packing)
      var jobs = (0..<threads).map { _ in Job(gradients: Gradients(layout)) }
      let flops = 3 * 2.0 * Double(T * 32 * 2 * 4 * hiddenSize * (inputSize + hiddenSize))
      let samples = (0..<repeats * 3).map { _ in
        let time = seconds {
          forEachConcurrently(&jobs, threads: threads) { _, job in
            let (_, saved) = layer.forward(x, p)
            _ = layer.backward(dy, saved, p, accumulatingInto: &job.gradients)
          }
        }
        return Double(T * 32) / time
      }
      var row = BenchmarkRow(
        name: "BiLSTM \(inputSize)→2×\(hiddenSize) forward and backward, \(threads) thread(s)",
        unit: "tokens/s", samples: samples)
      row.remark = "\(decimal(row.median / Double(T * 32) * flops / 1e9 / peak * 100, 0)) % of peak"
      return row
    }
  }

  /// Whole training steps.
  func training(
    _ corpora: [TrainingCorpus], _ settings: GivenSettings<TaggerKind>, threads: Int, peak: Double
  ) throws -> BenchmarkRow {
    var training = settings.training
    training.epochs = 1
    let trainer = try TaggerTrainer(
      corpora: corpora, dev: [], tasks: corpora[0].tasks, configuration: settings.model,
      training: training)
    trainer.threads = threads
    let samples = trainer.measure(batches: 40, repeats: repeats)
    var row = BenchmarkRow(
      name: "training, \(threads) thread(s)", unit: "tokens/s", samples: samples)
    let share = row.median * trainer.operationsPerToken / 1e9 / peak
    row.remark =
      "\(decimal(share * 100, 0)) % of peak end to end (encoder's products alone counted)"
    return row
  }

  /// From words to labels, the memory of words as warm as in a long text.
  func tagging(_ path: String, _ sentences: [Sentence], threads: Int) throws -> BenchmarkRow {
    let tokens = sentences.reduce(0) { $0 + $1.tokens.count }
    let tagger = try Tagger(contentsOf: path)
    let samples = (0..<repeats).map { _ in
      Double(tokens) / seconds { _ = tagger.tag(sentences, threads: threads) }
    }
    return BenchmarkRow(
      name: "tagging from words, \(threads) thread(s)", unit: "tokens/s", samples: samples)
  }

  func oneSentence(_ path: String, _ sentences: [Sentence]) throws -> BenchmarkRow {
    let tagger = try Tagger(contentsOf: path)
    let samples = sentences.prefix(400).map { sentence in
      1000 * seconds { _ = tagger.tag([sentence]) }
    }
    return BenchmarkRow(name: "one sentence", unit: "ms", samples: Array(samples.dropFirst(10)))
  }

  func rawText(_ path: String, _ file: String, threads: Int) throws -> BenchmarkRow {
    var pipeline = DocumentPipeline()
    pipeline.tagger = try Tagger(contentsOf: path)
    pipeline.tokenizer.language = pipeline.tagger?.description.language ?? "en"
    pipeline.threads = threads
    var options = OutputOptions()
    options.tasks = inCanonicalOrder(pipeline.tagger?.tasks ?? [])
    let formatter = formatter(for: .conllu, options)
    let times = try (0..<repeats).map { _ in
      try seconds { try pipeline.run(file, formatter: formatter) { _ in } }
    }
    // Lines of CoNLL-U are not only words, so those are counted apart.
    var words = 0
    try pipeline.run(file, formatter: Tagma.formatter(for: .vertical, OutputOptions())) { text in
      words += text.split(separator: "\n").count
    }
    return BenchmarkRow(
      name: "raw text to CoNLL-U, \(threads) thread(s)", unit: "tokens/s",
      samples: times.map { Double(words) / $0 })
  }
}

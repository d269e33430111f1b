import Foundation
import TagmaAnnotations
import TagmaCorpora
import TagmaModels
import TagmaNeural
import TagmaSeries
import TestSupport
import Testing

@Suite("Series of numbers")
struct SeriesTests {
  private func read(_ text: String) throws -> SeriesTable {
    let path = TestData.temporaryFolder() + "/series.csv"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return try SeriesTable(contentsOf: path)
  }

  @Test("numbers are read, however they are parted; what is no number is refused with its place")
  func reading() throws {
    let expected = SeriesTable(columns: ["a", "b"], values: [1, 2, -3, 4e-2])
    for text in [
      "a,b\n1,2\n-3,4e-2\n", "a; b\r\n1;2\r\n\r\n-3; 0.04", "\"a\"\tb\n1\t2\n# x\n-3\t.04\n",
    ] {
      #expect(try read(text) == expected, "\(text)")
    }
    #expect(try read("1 2\n3  4\n").columns == ["0", "1"])
    #expect(try read("").rows == 0)
    let error = #expect(throws: CorpusError.self) { try read("a,b\n1,2\n3,x\n") }
    #expect(error?.location.line == 3 && error?.location.column == 2)
    for text in ["a,b\n1\n", "a,b\n1,nan\n", "1 2\n1 inf\n", "a,b\n1,\n"] {
      #expect(throws: CorpusError.self, "\(text)") { try read(text) }
    }
  }

  @Test(
    "tables are read as spreadsheets and programs write them",
    arguments: [
      "\u{feff}\"a\",\"b\"\r\n\"1\",\"2\"\r\n-3,0.04\r\n\r\n", "sep=;\r\na;b\r\n1;2\r\n-3;0,04\r\n",
      "\"sep=\t\"\na\tb\n1\t2\n-3\t0.04", "a,b,\n1,2,\n-3,.04,\n", "a,b\n1,2\n-3,4e-2\n,\n,\n",
      "a;b\n1,0;2\n-3;0,04\n", "a b\n1   2\n -3 0.04 \n",
      "date,a,b\n2024-01-01,1,2\n2024-01-02,-3,.04\n",
      "a,\"when\",b\n1,1/2/2024 3:05 PM,2\n-3,,0.04\n",
      "a;t;b\n1;02.01.2024;2\n-3;03.01.2024;0,04\n",
      "a,b,t\n1,2,12:30\n-3,0.04,12:31\n", "t\ta\tb\nJan 2024\t1\t2\nFeb 2024\t-3\t0,04\n",
    ])
  func dialects(text: String) throws {
    #expect(
      try read(text) == SeriesTable(columns: ["a", "b"], values: [1, 2, -3, 0.04]), "\(text)")
  }

  @Test("names in quotation marks hold separators, marks and line feeds")
  func quotedNames() throws {
    let text = "\"Temp, \u{b0}C\",\"Wind \"\"max\"\"\",\"two\nlines\"\n1,2,3\n"
    #expect(try read(text).columns == ["Temp, \u{b0}C", "Wind \"max\"", "two\nlines"])
    #expect(try read("5\",b\n1,2\n").columns == ["5\"", "b"])
    #expect(try read(",a\n0,1\n").columns == ["0", "a"])
    // Dates in a first row are names where numbers stand below them.
    #expect(try read("2023-01-01,2024-01-01\n1,2\n").columns == ["2023-01-01", "2024-01-01"])
    #expect(try read("2023-01-01,1\n2024-01-01,2\n").dateColumns == ["0"])
    #expect(try read("2023-01-01,1\n2024-01-01,2\n").values == [1, 2])
  }

  @Test(
    "a missing value is named by its place, wherever it stands, and is no name of a column",
    arguments: [
      ("1,2\nNA,4\n", 2, 1), ("1,2\n3,\n", 2, 2), ("1,2\n3,inf\n", 2, 2),
      ("a,b\n1,2\n3,nan\n", 3, 2),
      ("NA,2\n3,4\n", 1, 1), ("1,\n3,4\n", 1, 2), (",2\n3,4\n", 1, 1), ("-;2\n3;4\n", 1, 1),
      ("#N/A,2\n3,4\n", 1, 1), ("2,#DIV/0!\n", 1, 2), ("null\n1\n", 1, 1), ("?\t2\n", 1, 1),
      ("1,2,\n3,4,5\n", 1, 3), ("a,b\n1,2\n,\n3,4\n", 3, nil), ("\"\",1\n", 1, 1), ("1 .\n", 1, 2),
    ] as [(String, Int, Int?)])
  func missing(text: String, line: Int, column: Int?) throws {
    let error = #expect(throws: CorpusError.self, "\(text)") { try read(text) }
    #expect(
      error?.location.line == line && error?.location.column == column,
      "\(text): \(String(describing: error))")
    guard case .missingValue? = error?.kind else {
      Issue.record("\(text): \(String(describing: error))")
      return
    }
  }

  @Test("what is neither a number nor missing is refused with what was found")
  func refused() throws {
    for (text, message) in [
      ("1,2\n3,x\n", "2:2: 'x' in column '1', expected a number"),
      ("1 000,2\n", "1:1: '1 000' in column '0', expected a number"),
      ("\"1,000\",2\n", "1:1: '1,000' in column '0'"), ("5%,2\n", "1:1: '5%' in column '0'"),
      ("0x10,2\n", "1:1: '0x10'"), ("1e999,2\n", "1:1: '1e999'"),
      ("a;b\n1,5;2\n1.5;2\n", "3:1: '1.5' in column 'a'"),
      ("a,b\n1,2\n3\n", "3: 1 column, expected 2"), ("a,b\n1,2,\n", "2: 3 columns, expected 2"),
      ("a,a\n1,2\n", "1: two columns are named 'a'"),
      ("\"a,b\n1,2\n", "1: a quotation mark that is not"),
      ("\"a\"b,c\n", "1: text after a closing quotation mark"),
      ("station,a\nBerlin,2\n", "2:1: 'Berlin' in column 'station'"),
    ] {
      let error = #expect(throws: CorpusError.self, "\(text)") { try read(text) }
      let said = String(describing: error)
      #expect(said.contains("series.csv:" + message), "\(said)")
    }
  }

  @Test("only the columns that are asked for have to be numbers")
  func chosenColumns() throws {
    let path = TestData.temporaryFolder() + "/series.csv"
    try Data("date,station,a,b\n2024-01-01,Berlin,1,NA\n2024-01-02,Bonn,2,5\n".utf8).write(
      to: URL(fileURLWithPath: path))
    let table = try SeriesTable(contentsOf: path, columns: ["a"])
    #expect(table == SeriesTable(columns: ["a"], values: [1, 2]) && table.dateColumns.isEmpty)
    // A number is the place in the file.
    #expect(try SeriesTable(contentsOf: path, columns: ["2"]) == table)
    #expect(try table.indices(of: ["2"]) == [0])
    for wanted in ["b", "station", "date", "c"] {
      #expect(throws: CorpusError.self) { try SeriesTable(contentsOf: path, columns: [wanted]) }
    }
  }

  @Test("files of other columns, or without one window, are named")
  func wrongFiles() throws {
    func corpus(_ text: String) throws -> SeriesCorpus {
      SeriesCorpus(name: "x", table: try read(text))
    }
    let good = try corpus("a\n" + String(repeating: "1\n2\n", count: 30))
    let other = try corpus("b\n1\n")
    let error = #expect(throws: CorpusError.self) {
      try RegressorTrainer(corpora: [good, other], dev: [])
    }
    #expect(error?.kind == .otherColumns(found: ["b"], expected: ["a"]))
    let short = #expect(throws: CorpusError.self) {
      try RegressorTrainer(corpora: [corpus("a\n1\n2\n")], dev: [])
    }
    #expect(short?.kind == .tooFewRows(found: 2, needed: 25))
    #expect(short?.description.contains("series.csv:3: 2 rows, expected at least 25") == true)
  }

  @Test(
    "gradients equal differences",
    arguments: [
      (CellKind.lstm, [3], 4), (.gru, [2, 3], 3), (.elmanTanh, [3], 0), (.elmanSigmoid, [2], 2),
    ])
  func gradients(cell: CellKind, sizes: [Int], dense: Int) {
    var configuration = RegressorConfiguration()
    (configuration.cell, configuration.hiddenSizes) = (cell, sizes)
    configuration.denseSize = dense
    let network = RegressorNetwork(configuration, inputs: 2, outputs: 2)
    var random = SplitMix64(seed: 3)
    func matrix(_ rows: Int) -> Matrix {
      Matrix(
        rows: rows, columns: 2, elements: (0..<2 * rows).map { _ in 2 * random.nextUnit() - 1 })
    }
    let (x, target) = (matrix(8), matrix(2))
    var start = Parameters(network.layout, seed: 2).elements
    // Away from where ReLU has a corner.
    for i in start.indices { start[i] += 0.4 * (random.nextUnit() - 0.3) }
    func loss(_ elements: [Float], _ gradients: inout Gradients) -> Double {
      network.train(
        x, target: target, weight: 1, Parameters(network.layout, elements: elements),
        accumulatingInto: &gradients)
    }
    var gradients = Gradients(network.layout)
    _ = loss(start, &gradients)
    for entry in network.layout.entries {
      let range = entry.parameter.range
      expectGradient(
        of: Array(start[range]), matches: Array(gradients.elements[range]), name: entry.name,
        step: 2e-3, tolerance: 1e-2
      ) { values in
        var elements = start
        elements.replaceSubrange(range, with: values)
        var unused = Gradients(network.layout)
        return loss(elements, &unused)
      }
    }
  }

  private static func wave(_ count: Int) -> SeriesTable {
    SeriesTable(
      columns: ["sin", "noise"],
      values: (0..<count).flatMap { t -> [Double] in
        [10 + 3 * sin(Double(t) * 0.3), Double((t * 7919) % 13)]
      })
  }

  private static func trainer(
    epochs: Int = 40, threads: Int = 1, inputs: [String] = [], targets: [String] = ["sin"]
  ) throws -> RegressorTrainer {
    var configuration = RegressorConfiguration()
    (configuration.window, configuration.denseSize, configuration.hiddenSizes) = (12, 8, [12])
    var training = RegressorTrainingSettings()
    (training.epochs, training.shards) = (epochs, 2)
    let trainer = try RegressorTrainer(
      corpora: [SeriesCorpus(name: "wave", table: wave(300))],
      dev: [SeriesCorpus(name: "wave", table: wave(100))], inputs: inputs, targets: targets,
      configuration: configuration, training: training)
    trainer.threads = threads
    return trainer
  }

  @Test("a wave is learned, far better than by repeating it; a folder gives the same predictions")
  func learns() throws {
    let trainer = try Self.trainer(inputs: ["sin"])
    _ = try trainer.train { _ in }
    let regressor = trainer.bestRegressor()
    let scores = regressor.description.devScores
    #expect(try #require(scores["rmse"]) < 0.15 * (try #require(scores["rmse of the last row"])))
    let table = Self.wave(60)
    let predictions = try regressor.predict(table)
    #expect(predictions.count == 60 && predictions[10] == nil && predictions[11] != nil)
    let going = try #require(try regressor.continuation(of: table, steps: 15))
    for (i, row) in going.enumerated() {
      #expect(abs(row[0] - Self.wave(80)[60 + i, 0]) < 0.7, "\(i)")
    }
    let path = TestData.temporaryFolder() + "/model"
    try regressor.write(to: path)
    #expect(try Regressor(contentsOf: path).predict(table) == predictions)
    #expect(throws: CorpusError.self) {
      try regressor.predict(SeriesTable(columns: ["x"], values: [1, 2]))
    }
    let both = try Self.trainer(epochs: 1)
    _ = try both.train { _ in }
    #expect(try both.bestRegressor().continuation(of: table, steps: 3) == nil)
  }

  @Test("weights depend neither on threads nor on a stop and a resumption")
  func repeatable() throws {
    func weights(_ trainer: RegressorTrainer) throws -> Data {
      let path = TestData.temporaryFolder() + "/model"
      try trainer.bestRegressor().write(to: path)
      return try Data(contentsOf: URL(fileURLWithPath: "\(path)/weights.safetensors"))
    }
    let whole = try Self.trainer(epochs: 4)
    _ = try whole.train { _ in }
    let parallel = try Self.trainer(epochs: 4, threads: 2)
    _ = try parallel.train { _ in }
    #expect(try weights(parallel) == weights(whole))
    let path = TestData.temporaryFolder() + "/checkpoint"
    let first = try Self.trainer(epochs: 4)
    first.checkpointPath = path
    let stop = CountDown(14)
    first.shouldStop = { stop.isOver() }
    #expect(try first.train { _ in } == .interrupted)
    #expect(first.epochsDone == 1 && first.batchesDone > 0)
    let second = try Self.trainer(epochs: 4)
    second.checkpointPath = path
    #expect(try second.resume())
    _ = try second.train { _ in }
    #expect(try weights(second) == weights(whole))
  }

  @Test("time warping finds the best path of all; a wide band finds it too")
  func warping() throws {
    var random = SplitMix64(seed: 8)
    for _ in 0..<20 {
      let (n, m) = (1 + Int(random.next() % 5), 1 + Int(random.next() % 5))
      func series(_ count: Int) -> SeriesTable {
        SeriesTable(columns: ["x"], values: (0..<count).map { _ in Double(random.next() % 10) })
      }
      let (a, b) = (series(n), series(m))
      func least(_ i: Int, _ j: Int) -> Double {
        let own = abs(a[i, 0] - b[j, 0])
        if i == 0, j == 0 { return own }
        let before = [(i - 1, j - 1), (i - 1, j), (i, j - 1)].filter { $0.0 >= 0 && $0.1 >= 0 }
        return own + (before.map { least($0.0, $0.1) }.min() ?? 0)
      }
      let found = try #require(timeWarping(a, b))
      #expect(abs(found.distance - least(n - 1, m - 1)) < 1e-9)
      #expect(found.path.first.map { $0 == (0, 0) } ?? false)
      #expect(found.path.reduce(0) { $0 + abs(a[$1.0, 0] - b[$1.1, 0]) } == found.distance)
      #expect(try #require(timeWarping(a, b, band: 10)).distance == found.distance)
      #expect(try #require(timeWarping(a, b, band: 0)).distance >= found.distance)
    }
    #expect(timeWarping(SeriesTable(columns: ["x"], values: []), Self.wave(3)) == nil)
    // Columns of the same names are compared with each other; too large a square is no distance.
    let (ab, ba) = (
      SeriesTable(columns: ["a", "b"], values: [1, 2, 3, 4]),
      SeriesTable(columns: ["b", "a"], values: [2, 1, 4, 3])
    )
    #expect(timeWarping(ab, ba)?.distance == 0)
    let huge = SeriesTable(columns: ["a", "b"], values: [1e200, 0])
    #expect(
      timeWarping(huge, SeriesTable(columns: ["a", "b"], values: [0, 0]))?.distance == 1e200)
  }

  @Test("an LSTM learns to copy over eight steps; threads make no difference")
  func memory() {
    var study = MemoryStudy()
    (study.steps, study.hiddenSize) = (300, 24)
    let near = study.result(.copying, .lstm, distance: 8)
    #expect(near.accuracy > 0.9, "\(near.accuracy)")
    #expect(near.gradientNorms.count == 8 && near.gradientNorms.allSatisfy { $0 > 0 })
    study.steps = 1
    let untrained = study.result(.copying, .elmanTanh, distance: 60)
    #expect(untrained.accuracy < 0.4)
    study.distances = [3, 5]
    study.cells = [.gru]
    let (one, two) = (study.results(threads: 1), study.results(threads: 2))
    #expect(one.map(\.accuracy) == two.map(\.accuracy) && one.count == 4)
  }
}

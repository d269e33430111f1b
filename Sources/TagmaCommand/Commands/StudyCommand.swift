internal import ArgumentParser
internal import Foundation
internal import Tagma
internal import TagmaCorpora

/// `tagma study …` — what recurrent networks can and cannot do.
struct StudyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study", abstract: "See what recurrent networks remember.",
    subcommands: [StudyMemoryCommand.self])
}

/// `tagma study memory` — how far back each kind of network looks.
struct StudyMemoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "memory",
    abstract: "Train recurrent networks to remember over growing distances.",
    discussion: """
      Two problems need at the end of a sequence what stood at its beginning: the sum of two marked numbers, and the first \
      symbol. Each kind of network learns both for each distance. The folder gets memory.tsv, and as pictures accuracy \
      against distance (adding.svg, copying.svg) and the gradient's norm against time (adding-gradients.svg, \
      copying-gradients.svg).

        tagma study memory -o study
        tagma study memory --cells elman-tanh,lstm --distances 10,100 --steps 3000 -o study
      """)

  @Option(help: "Kinds of networks: lstm, gru, elman-tanh, elman-sigmoid, elman-relu.")
  var cells = "elman-tanh,gru,lstm"

  @Option(help: "Lengths of the sequences.")
  var distances = "5,10,20,40,80"

  @Option(help: "Units of the recurrent layer.")
  var hidden = MemoryStudy().hiddenSize

  @Option(help: "Updates of each training.")
  var steps = MemoryStudy().steps

  @Option(help: "The seed of everything random.")
  var seed: UInt64 = 1

  @Option(name: .shortAndLong, help: "Threads; the result does not depend on it.")
  var jobs = 2

  @OptionGroup var progress: ProgressOptions

  @Option(name: .shortAndLong, help: "The folder to write to.", completion: .directory)
  var output: String

  private func study() throws -> MemoryStudy {
    var study = MemoryStudy()
    study.cells = try cells.split(separator: ",").map { name in
      guard let cell = CellKind(rawValue: String(name)) else {
        throw ValidationError(
          "'\(name)' is no kind of network; known are "
            + CellKind.allCases.map(\.rawValue).joined(separator: ", "))
      }
      return cell
    }
    study.distances = try distances.split(separator: ",").map { text in
      guard let distance = Int(text), (2...2000).contains(distance) else {
        throw ValidationError("--distances must be numbers from 2 to 2000, found '\(text)'")
      }
      return distance
    }
    (study.hiddenSize, study.steps, study.seed) = (hidden, steps, seed)
    return study
  }

  func validate() throws {
    let study = try study()
    guard !study.cells.isEmpty, !study.distances.isEmpty else {
      throw ValidationError("--cells and --distances need one entry at least")
    }
    guard (1...1024).contains(hidden), (1...1_000_000).contains(steps), jobs >= 1 else {
      throw ValidationError("--hidden must be from 1 to 1024, --steps from 1, --jobs from 1")
    }
  }

  func run() async throws {
    let study = try study()
    let results = study.results(threads: jobs) { progress.note($0) }
    try FileSystem.makeFolder(output)
    func put(_ name: String, _ text: String) throws {
      try writeAtomically(Array(text.utf8), to: "\(output)/\(name)")
    }
    var table = "problem\tcell\tdistance\taccuracy\tgradient of the first step\tof the last\n"
    for r in results {
      table +=
        "\(r.problem.rawValue)\t\(r.cell.rawValue)\t\(r.distance)\t\(decimal(r.accuracy, 4))\t"
        + String(
          format: "%.3g\t%.3g\n", r.gradientNorms.first ?? 0, r.gradientNorms.last ?? 0)
    }
    try put("memory.tsv", table)
    for problem in MemoryStudy.Problem.allCases {
      try put("\(problem.rawValue).svg", accuracy(problem, results, study).svg)
      try put("\(problem.rawValue)-gradients.svg", gradients(problem, results, study).svg)
    }
    let out = try OutputFile("-")
    try out.write(table)
    try out.commit()
  }

  private func accuracy(
    _ problem: MemoryStudy.Problem, _ results: [MemoryStudy.Result], _ study: MemoryStudy
  ) -> Chart {
    Chart(
      title: "\(problem.rawValue): right answers against distance", xTitle: "steps",
      yTitle: "share right",
      lines: study.cells.map { cell in
        Chart.Line(
          name: cell.rawValue,
          points: results.filter { $0.problem == problem && $0.cell == cell }
            .map { (Double($0.distance), $0.accuracy) })
      }, yRange: 0...1)
  }

  /// Of the longest sequences.
  private func gradients(
    _ problem: MemoryStudy.Problem, _ results: [MemoryStudy.Result], _ study: MemoryStudy
  ) -> Chart {
    let longest = study.distances.max() ?? 0
    return Chart(
      title: "\(problem.rawValue): norm of the gradient against time, \(longest) steps",
      xTitle: "step", yTitle: "norm",
      lines: study.cells.map { cell in
        let norms =
          results.first { $0.problem == problem && $0.cell == cell && $0.distance == longest }?
          .gradientNorms ?? []
        return Chart.Line(
          name: cell.rawValue, points: norms.enumerated().map { (Double($0 + 1), $1) })
      }, isLogarithmic: true)
  }
}

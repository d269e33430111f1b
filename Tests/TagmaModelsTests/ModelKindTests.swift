internal import Foundation
internal import TagmaModels
internal import TagmaNeural
internal import TestSupport
internal import Testing

/// A kind of model that is nothing but its description.
private enum ToyKind: ModelKind {
  static let name = "toy"
  static let seedSalt: UInt64 = 1

  struct Configuration: ModelConfiguration {
    var size = 4
    func validate() throws { try check(size > 0, "toy.size", "a positive number") }
  }

  struct Hyperparameters: TrainingHyperparameters {
    var batchSize = 8
    static let optimization = {
      var settings = OptimizationSettings()
      (settings.epochs, settings.learningRate) = (7, 0.5)
      return settings
    }()
    func validate() throws { try checkCounts([("batchSize", batchSize)]) }
  }

  struct Facts: ModelFacts {
    var color: String?
    func validate(_: Configuration, path: String) throws {
      if color == "none" { throw ModelError(.damaged("no colour"), path: path) }
    }
  }

  struct FileFacts: Codable, Sendable, Equatable { var lines: Int }
}

private typealias Toy = ModelDescription<ToyKind>

@Suite("What all kinds of models share")
struct ModelKindTests {
  private func object(_ value: some Encodable) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: JSONEncoder().encode(value)) as? [String: Any])
  }

  @Test("a description is one flat table, its training another, and both come back")
  func flat() throws {
    var toy = Toy()
    toy.configuration.size = 5
    toy.training.batchSize = 9
    toy.training.schedule = .linear
    toy.color = "blue"
    toy.trainingData = [
      TrainingFile(
        Corpus(name: "a.txt", sha256: "ff", items: [1, 2]), ToyKind.FileFacts(lines: 2))
    ]
    let fields = try object(toy)
    #expect(fields["kind"] as? String == "toy" && fields["color"] as? String == "blue")
    #expect(fields["formatVersion"] as? Int == ModelFormat.current && fields["facts"] == nil)
    let training = try #require(fields["training"] as? [String: Any])
    #expect(training["batchSize"] as? Int == 9 && training["epochs"] as? Int == 7)
    #expect(training["schedule"] as? String == "linear" && training.count == 15)
    let file = try #require((fields["trainingData"] as? [[String: Any]])?.first)
    #expect(file["lines"] as? Int == 2 && file["sha256"] as? String == "ff")
    let again = try JSONDecoder().decode(Toy.self, from: JSONEncoder().encode(toy))
    #expect(again == toy && again.trainingData[0].lines == 2)
  }

  @Test("each kind has defaults of its own for what all have")
  func defaults() {
    let training = TrainingSettings<ToyKind.Hyperparameters>()
    #expect(training.epochs == 7 && training.learningRate == 0.5 && training.batchSize == 8)
    #expect(training.beta1 == OptimizationSettings().beta1)
  }

  @Test(
    "values that cannot be meant are refused by name",
    arguments: [
      ("training.epochs", -1), ("training.shards", 0), ("training.learningRate", .infinity),
      ("training.maximumNorm", 0), ("training.beta1", 1), ("training.warmUp", -0.1),
      ("training.batchSize", 0),
    ] as [(String, Double)])
  func checks(setting: String, value: Double) throws {
    var training = TrainingSettings<ToyKind.Hyperparameters>()
    try training.validate()
    switch setting {
    case "training.epochs": training.epochs = Int(value)
    case "training.shards": training.shards = Int(value)
    case "training.learningRate": training.learningRate = value
    case "training.maximumNorm": training.maximumNorm = value
    case "training.beta1": training.beta1 = value
    case "training.warmUp": training.warmUp = value
    default: training.batchSize = Int(value)
    }
    let error = #expect(throws: ModelError.self) { try training.validate() }
    #expect(error?.description.contains("'\(setting)'") == true, "\(String(describing: error))")
  }

  @Test("a folder is written with checksums, and read as what it is")
  func folder() throws {
    let folder = TestData.temporaryFolder() + "/toy"
    var toy = Toy()
    toy.color = "red"
    try ModelWriter.write(to: folder, beside: .kept) { writer in
      try writer.put("note.txt", Array("hello".utf8))
      try writer.finish(toy)
    }
    let files = try ModelFiles(in: folder)
    let again: Toy = try files.description()
    #expect(files.kind == "toy" && again.color == "red")
    #expect(again.folder.filesCRC32?["note.txt"] == "3610a686")
    #expect(files.problems().isEmpty)
    // A setting that this version has and the file has not.
    let path = "\(folder)/model.json"
    var fields = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
        as? [String: Any])
    fields["training"] = ["epochs": 3]
    (fields["descriptionCRC32"], fields["filesCRC32"]) = (nil, nil)
    fields["formatVersion"] = 1
    try JSONSerialization.data(withJSONObject: fields).write(to: URL(fileURLWithPath: path))
    let old: Toy = try ModelFiles(in: folder).description()
    #expect(old.training.epochs == 3 && old.training.batchSize == 8)
    fields["configuration"] = ["size": 0]
    try JSONSerialization.data(withJSONObject: fields).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: ModelError.self) {
      let _: Toy = try ModelFiles(in: folder).description()
    }
    #expect(error?.description.contains("toy.size") == true)
  }

  @Test("mean and deviation; what never changes is not divided by 0")
  func standardization() {
    let found = meanAndDeviation(of: [1, 3, 5, 7])
    #expect(found.mean == 4 && abs(found.deviation - 5.0.squareRoot()) < 1e-12)
    #expect(meanAndDeviation(of: [2, 2]).deviation == 1 && meanAndDeviation(of: []).mean == 0)
  }
}

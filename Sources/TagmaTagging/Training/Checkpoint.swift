internal import Foundation
internal import TagmaCorpora
internal import TagmaNeural

/// Everything a training needs to go on as if it had never stopped.
struct Checkpoint {
  struct State: Codable {
    /// Epochs that are wholly done, and steps so far.
    var epoch = 0
    var step = 0
    var current = Epoch()
    var reports: [EpochReport] = []
    /// Gives the order of the current epoch.
    var random: SplitMix64
    var bestScore = -1.0
    var bestEpoch = 0
    var bestScores: [String: Double] = [:]
    var epochsWithoutGain = 0
    var reductions = 0
    var averageUpdates = 0
    var optimizerStep = 0
    /// What must not change between a checkpoint and its resumption.
    var configurationHash = ""
    var dataHash = ""
    var toolVersion = ""
  }

  /// The epoch that is not wholly done.
  struct Epoch: Codable {
    var batches = 0
    var loss = 0.0
    var tokens = 0
    /// Sum of the norms of the gradients.
    var norm = 0.0
    var seconds = 0.0

    var lossPerToken: Double { loss / Double(max(tokens, 1)) }
    var tokensPerSecond: Double { Double(tokens) / max(seconds, 1e-9) }
  }

  var state: State
  var parameters: [Float]
  var first: [Float]
  var second: [Float]
  var average: [Float]
  var best: [Float]

  /// A safetensors file: the state as metadata, with a CRC-32 of the rest.
  func write(to path: String) throws {
    var archive = TensorArchive()
    for (name, values) in blocks {
      archive.append(name, shape: [values.count], values[...])
    }
    let data = try JSONEncoder().encode(state)
    archive.setMetadata("state", String(decoding: data, as: UTF8.self))
    archive.setMetadata("crc32", hexadecimal(crc32(archive.data)))
    try writeAtomically(archive.bytes, to: path)
  }

  private var blocks: [(String, [Float])] {
    [
      ("parameters", parameters), ("first", first), ("second", second), ("average", average),
      ("best", best),
    ]
  }

  /// Reads a checkpoint; nil where there is none or it is damaged.
  init?(path: String) {
    guard let data = FileManager.default.contents(atPath: path),
      let archive = try? TensorArchive(bytes: [UInt8](data)),
      let text = archive.metadata["state"],
      archive.metadata["crc32"] == hexadecimal(crc32(archive.data)),
      let state = try? JSONDecoder().decode(State.self, from: Data(text.utf8)),
      let parameters = archive.floats("parameters"), let first = archive.floats("first"),
      let second = archive.floats("second"), let average = archive.floats("average"),
      let best = archive.floats("best")
    else { return nil }
    self.init(
      state: state, parameters: parameters, first: first, second: second, average: average,
      best: best)
  }

  init(
    state: State, parameters: [Float], first: [Float], second: [Float], average: [Float],
    best: [Float]
  ) {
    self.state = state
    self.parameters = parameters
    self.first = first
    self.second = second
    self.average = average
    self.best = best
  }
}

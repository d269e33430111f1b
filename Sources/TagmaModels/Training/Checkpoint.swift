internal import Foundation
internal import TagmaCorpora
package import TagmaNeural

/// Everything a training needs to go on as if it had never stopped.
package struct Checkpoint {
  package struct State: Codable {
    /// Epochs that are wholly done, and steps so far.
    package var epoch = 0
    package var step = 0
    package var current = Epoch()
    package var reports: [EpochReport] = []
    /// Gives the order of the current epoch.
    package var random: SplitMix64
    package var bestScore = -1.0
    package var bestEpoch = 0
    package var bestScores: [String: Double] = [:]
    package var epochsWithoutGain = 0
    package var reductions = 0
    package var averageUpdates = 0
    package var optimizerStep = 0
    /// What must not change between a checkpoint and its resumption.
    package var configurationHash = ""
    package var dataHash = ""
    /// The same by name, for a person; nil in checkpoints of earlier versions.
    package var identity: TrainingIdentity?
    package var toolVersion = ""

    package init(random: SplitMix64) {
      self.random = random
    }
  }

  /// The epoch that is not wholly done.
  package struct Epoch: Codable {
    package var batches = 0
    package var loss = 0.0
    package var tokens = 0
    /// Sum of the norms of the gradients.
    package var norm = 0.0
    package var seconds = 0.0

    package init() {}

    package var lossPerToken: Double { loss / Double(max(tokens, 1)) }
    package var tokensPerSecond: Double { Double(tokens) / max(seconds, 1e-9) }
  }

  package var state: State
  package var parameters: [Float]
  package var first: [Float]
  package var second: [Float]
  package var average: [Float]
  package var best: [Float]
  package var carried: [Float]

  /// A safetensors file: the state as metadata, with a CRC-32 of the rest.
  package func write(to path: String) throws {
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
      ("best", best), ("carried", carried),
    ]
  }

  /// Reads the bytes of a checkpoint; nil where they are damaged.
  private init?(bytes: [UInt8]) {
    guard let archive = try? TensorArchive(bytes: bytes),
      let text = archive.metadata["state"],
      archive.metadata["crc32"] == hexadecimal(crc32(archive.data)),
      let state = try? JSONDecoder().decode(State.self, from: Data(text.utf8)),
      let parameters = archive.floats("parameters"), let first = archive.floats("first"),
      let second = archive.floats("second"), let average = archive.floats("average"),
      let best = archive.floats("best"), let carried = archive.floats("carried")
    else { return nil }
    self.init(
      state: state, parameters: parameters, first: first, second: second, average: average,
      best: best, carried: carried)
  }

  package init(
    state: State, parameters: [Float], first: [Float], second: [Float], average: [Float],
    best: [Float], carried: [Float]
  ) {
    self.state = state
    self.parameters = parameters
    self.first = first
    self.second = second
    self.average = average
    self.best = best
    self.carried = carried
  }
}

// MARK: - One after the other

extension Checkpoint {
  /// Takes the place of the checkpoint before, which is kept until the next.
  package func replace(_ path: String) throws {
    // Until the new one is written the one before has to do: it is looked for, too.
    _ = FileSystem.move(path, to: Self.previous(path))
    try write(to: path)
  }

  /// Where the checkpoint before stands.
  package static func previous(_ path: String) -> String { path + ".previous" }

  /// What became of a file.
  private enum Found {
    case none
    case damaged
    case whole(Checkpoint)
  }

  private static func find(_ path: String) throws -> Found {
    guard let bytes = FileSystem.contents(path) else {
      switch errno {
      case ENOENT, ENOTDIR: return .none
      case EACCES, EPERM: throw ModelError(.noPermission, path: path)
      default: throw ModelError(.cannotRead(String(cString: strerror(errno))), path: path)
      }
    }
    return Checkpoint(bytes: bytes).map(Found.whole) ?? .damaged
  }

  /// The last checkpoint that is whole, if it is one of a training like this one; nil where there is none.
  ///
  /// - Returns: Also whether a later one is damaged.
  package static func last(
    _ path: String, like state: State, parameters: Int, allowsChangedData: Bool
  ) throws -> (checkpoint: Checkpoint, isEarlier: Bool)? {
    let checkpoint: Checkpoint
    var isEarlier = false
    switch (try find(path), try find(previous(path))) {
    case (.none, .none): return nil
    case (.whole(let last), _), (.none, .whole(let last)): checkpoint = last
    case (.damaged, .whole(let before)): (checkpoint, isEarlier) = (before, true)
    case (.damaged, _), (.none, .damaged): throw ModelError(.damagedCheckpoints, path: path)
    }
    if !allowsChangedData {
      if let change = state.change(since: checkpoint.state) {
        throw ModelError(.changedSinceCheckpoint(change), path: path)
      }
    }
    guard checkpoint.parameters.count == parameters else {
      throw ModelError(.changedSinceCheckpoint("the network"), path: path)
    }
    return (checkpoint, isEarlier)
  }
}

extension Checkpoint.State {
  /// What is not as it was, in words; nil where nothing is.
  fileprivate func change(since before: Self) -> String? {
    if configurationHash != before.configurationHash {
      return identity?.changedSettings(since: before.identity) ?? "the configuration"
    }
    if dataHash != before.dataHash {
      return identity?.changedFiles(since: before.identity) ?? "the data"
    }
    return nil
  }
}

internal import TagmaKernels
internal import TagmaLexicon
internal import TagmaModels
package import TagmaNeural

/// Networks that read and write the same units; their probabilities are averaged.
package struct Ensemble: Sendable {
  fileprivate struct Member {
    let network: TranslatorNetwork
    let parameters: Parameters
    let encoder: [Bidirectional.Prepared]
    let decoder: AttentionDecoder.Prepared
    let output: IntegerWeights?
  }

  private let members: [Member]

  package init(_ networks: [(network: TranslatorNetwork, parameters: Parameters)]) {
    members = networks.map { network, parameters in
      Member(
        network: network, parameters: parameters,
        encoder: network.encoder.map { $0.prepare(parameters) },
        decoder: network.decoder.prepare(parameters),
        output: network.embedding.prepare(parameters))
    }
  }

  /// Sequences that are being written, one row each.
  struct Run {
    private let members: [Member]
    private let memories: [AttentionMemory]
    private var states: [AttentionDecoder.State]
    /// For each member the units that any translation is made of, and for each source others; nil where they are made of all.
    private let parts: [(shared: TiedEmbedding.Part, own: [TiedEmbedding.Part])]?

    fileprivate init(_ members: [Member], _ sources: [[Int]], shortlist: Shortlist.Units?) {
      self.members = members
      parts = shortlist.map { units in
        members.map { member in
          func part(_ units: [Int]) -> TiedEmbedding.Part {
            member.network.embedding.part(of: units, member.parameters, member.output)
          }
          return (part(units.shared), units.own.map(part))
        }
      }
      let begun = members.map { member in
        let (memory, summary) = member.network.encode(
          sources, member.encoder, member.parameters)
        return (
          memory, member.network.decoder.begin(summary, memory: memory, member.parameters)
        )
      }
      (memories, states) = (begun.map(\.0), begun.map(\.1))
    }

    /// Reads a unit for each row; returns the probabilities of what comes next, `[n, V]`, and the attention that each
    /// row paid to the units of its source and their end.
    mutating func step(_ units: [Int]) -> (probabilities: Matrix, attention: [[Float]]) {
      var sum: (probabilities: Matrix, attention: [[Float]])?
      for (k, member) in members.enumerated() {
        let network = member.network
        let outputs = network.decoder.step(
          network.embedding.embed(units, member.parameters), &states[k], memory: memories[k],
          member.decoder, member.parameters)
        let probabilities =
          parts.map {
            network.embedding.probabilities(
              of: outputs, shared: $0[k].shared, own: Self.rows($0[k].own, states[k].sources))
          } ?? network.embedding.probabilities(of: outputs, member.parameters, member.output)
        let attention = states[k].weights.map { Self.mean($0, of: network.configuration.heads) }
        if sum == nil {
          sum = (probabilities, attention)
        } else {
          sum?.probabilities.add(probabilities)
          for row in attention.indices {
            for i in attention[row].indices { sum?.attention[row][i] += attention[row][i] }
          }
        }
      }
      guard var sum else { return (Matrix(rows: 0, columns: 0), []) }
      guard members.count > 1 else { return sum }
      let share = 1 / Float(members.count)
      sum.probabilities.scale(by: share)
      sum.attention = sum.attention.map { $0.map { $0 * share } }
      return sum
    }

    /// The rows of each source, which stand together, and its part.
    private static func rows(
      _ parts: [TiedEmbedding.Part], _ sources: [Int]
    ) -> [(rows: Range<Int>, part: TiedEmbedding.Part)] {
      var rows: [(rows: Range<Int>, part: TiedEmbedding.Part)] = []
      var start = 0
      while start < sources.count {
        let end = sources[start...].firstIndex { $0 != sources[start] } ?? sources.count
        rows.append((start..<end, parts[sources[start]]))
        start = end
      }
      return rows
    }

    private static func mean(_ weights: [Float], of heads: Int) -> [Float] {
      guard heads > 1 else { return weights }
      let count = weights.count / heads
      return (0..<count).map { i in
        (0..<heads).reduce(0) { $0 + weights[$1 * count + i] } / Float(heads)
      }
    }

    /// Goes on with some rows, one as often as it is named.
    mutating func keep(_ rows: [Int]) {
      states = states.map { $0.gathering(rows) }
    }
  }

  /// Reads the sources.
  ///
  /// - Parameter shortlist: The units that translations are made of; nil where they are made of all.
  func begin(_ sources: [[Int]], shortlist: Shortlist.Units? = nil) -> Run {
    Run(members, sources, shortlist: shortlist)
  }
}

// MARK: - What a search asks a network

extension TranslatorNetwork {
  /// The memory of sources, each with its mark of the end, and their summary.
  func encode(
    _ sources: [[Int]], _ prepared: [Bidirectional.Prepared], _ p: borrowing Parameters
  ) -> (AttentionMemory, Matrix) {
    let batch = Batch(sources.map { (source: $0, target: []) })
    let embedded = embedding.embed(batch.sourceUnits, p)
    var states = embedded
    for i in encoder.indices {
      let input = states
      states = encoder[i].predict(PackedMatrix(input, batch.source), prepared[i], p).matrix
      if isResidual(i) { states.add(input) }
      if !norms.isEmpty { states = norms[i].forward(states, p).output }
    }
    // All targets are equally long, so that they stand in the order given.
    let (order, rows) = memoryRows(batch)
    let memory = AttentionMemory(
      states: remembered(states, embedded).gathering(rows: order.rows), first: order.first,
      lengths: order.lengths)
    return (memory, summary(of: states, rows))
  }
}

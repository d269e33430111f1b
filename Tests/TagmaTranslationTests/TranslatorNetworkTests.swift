import TagmaLexicon
import TagmaModels
import TagmaNeural
import TagmaTranslation
import TestSupport
import Testing

@Suite("The network of a translator")
struct TranslatorNetworkTests {
  private static func configuration(
    _ encoder: [Int], heads: Int, cell: CellKind = .lstm,
    _ change: (inout TranslatorConfiguration) -> Void = { _ in }
  ) -> TranslatorConfiguration {
    var configuration = TranslatorConfiguration()
    configuration.cell = cell
    configuration.embeddingSize = 3
    configuration.encoderSizes = encoder
    configuration.decoderSize = 3
    configuration.heads = heads
    change(&configuration)
    return configuration
  }

  private static let pairs: [(source: [Int], target: [Int])] = [
    ([3, 4, 5], [6, 2]), ([5], [3, 4, 4]), ([2, 2], []),
  ]

  @Test(
    "gradients equal differences",
    arguments: [
      configuration([2], heads: 1), configuration([2, 2], heads: 2),
      configuration([2], heads: 1, cell: .gru), configuration([2], heads: 1, cell: .elmanTanh),
      configuration([2], heads: 1) { $0.attention = .additive },
      configuration([2], heads: 2) { ($0.attention, $0.inputFeeding) = (.additive, false) },
      configuration([2], heads: 1) { $0.inputFeeding = false },
      configuration([4, 4], heads: 1) { $0.layerNorm = true },
      configuration([2], heads: 7) { $0.lexicalMemory = true },
    ])
  func gradients(configuration: TranslatorConfiguration) {
    let network = TranslatorNetwork(configuration, unitCount: 7)
    // Half of what attention looks at is told, unless there is nothing to look at.
    let guides = Self.pairs.map { source, target in
      (0..<source.count * target.count).map { Float($0 % 3) / Float(4 * max(source.count, 1)) }
    }
    let batch = TranslatorNetwork.Batch(Self.pairs, guides: guides)
    #expect(batch.targetTokens == 8)
    let pass = TranslatorNetwork.Pass(
      dropout: Dropout(rate: 0), wordDropout: 0, labelSmoothing: 0.1, weight: 0.7,
      guidedAlignment: 0.5)
    var start = Parameters(network.layout, seed: 2).elements
    var random = SplitMix64(seed: 9)
    for i in start.indices { start[i] += 0.6 * (random.nextUnit() - 0.5) }
    func loss(_ elements: [Float], _ gradients: inout Gradients) -> Double {
      var random = SplitMix64(seed: 1)
      return network.train(
        batch, pass: pass, random: &random, Parameters(network.layout, elements: elements),
        accumulatingInto: &gradients)
    }
    var gradients = Gradients(network.layout)
    _ = loss(start, &gradients)
    for entry in network.layout.entries {
      let range = entry.parameter.range
      #expect(gradients.elements[range].contains { $0 != 0 }, "\(entry.name) has a gradient")
      expectGradient(
        of: Array(start[range]), matches: Array(gradients.elements[range]), name: entry.name,
        step: 5e-3, tolerance: 5e-3
      ) { values in
        var elements = start
        elements.replaceSubrange(range, with: values)
        var unused = Gradients(network.layout)
        return loss(elements, &unused)
      }
    }
  }

  /// Minus the loss of one pair without smoothing: the logarithm of its probability.
  private func logProbability(
    _ network: TranslatorNetwork, _ p: Parameters, _ source: [Int], _ target: [Int]
  ) -> Double {
    var (random, unused) = (SplitMix64(seed: 1), Gradients(network.layout))
    return -network.train(
      TranslatorNetwork.Batch([(source, target)]),
      pass: TranslatorNetwork.Pass(
        dropout: Dropout(rate: 0), wordDropout: 0, labelSmoothing: 0, weight: 1), random: &random,
      p,
      accumulatingInto: &unused)
  }

  @Test(
    "what a search finds has the probability that training gives it, alone or in a batch",
    arguments: [
      configuration([3], heads: 1),
      configuration([3], heads: 2) { $0.attention = .additive },
      configuration([3], heads: 1) { $0.inputFeeding = false },
      configuration([3, 3], heads: 1) { $0.layerNorm = true },
      configuration([3], heads: 3) { $0.lexicalMemory = true },
    ])
  func search(configuration: TranslatorConfiguration) {
    let network = TranslatorNetwork(configuration, unitCount: 7)
    var p = Parameters(network.layout, seed: 4)
    var random = SplitMix64(seed: 5)
    for i in p.elements.indices { p.elements[i] += 1.5 * (random.nextUnit() - 0.5) }
    var options = SearchOptions()
    options.nbest = 4
    let search = BeamSearch(Ensemble([(network, p)]), options)
    let sources = [[3, 4, 5], [5], [2, 2, 6, 3, 3], []]
    let found = search.translate(sources.map { SearchRequest($0) })
    for (source, hypotheses) in zip(sources, found) {
      #expect(!hypotheses.isEmpty && hypotheses.count <= 4)
      #expect(Set(hypotheses.map(\.units)).count == hypotheses.count, "no translation twice")
      for (a, b) in zip(hypotheses, hypotheses.dropFirst()) { #expect(a.score >= b.score) }
      for hypothesis in hypotheses where hypothesis.units.count < 2 * source.count + 10 {
        let expected = logProbability(network, p, source, hypothesis.units)
        #expect(abs(hypothesis.logProbability - expected) < 1e-4 * max(1, abs(expected)))
        #expect(hypothesis.attention.count == hypothesis.units.count + 1)
        #expect(hypothesis.attention.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-5 })
        #expect(hypothesis.attention.allSatisfy { $0.count == source.count + 1 })
      }
      let alone = search.translate([SearchRequest(source)])[0]
      #expect(alone.map(\.units) == hypotheses.map(\.units))
    }
  }

  @Test("no translation is shorter or longer than those that were learned")
  func lengths() throws {
    #expect(LengthBounds([(source: 20, target: 20)]) == nil)
    let lengths = (0..<5000).map { (source: 20, target: $0 == 7 ? 900 : 15 + $0 % 11) }
    let bounds = try #require(LengthBounds(lengths))
    #expect(bounds.least == 0.75 && bounds.most == 1.25)
    let network = TranslatorNetwork(Self.configuration([2], heads: 1), unitCount: 7)
    let source = [Int](repeating: 3, count: 12)
    for seed in 0..<20 as Range<UInt64> {
      // Some of these networks would end at once, others never.
      var p = Parameters(network.layout, seed: seed)
      var random = SplitMix64(seed: seed)
      for i in p.elements.indices { p.elements[i] += 6 * (random.nextUnit() - 0.5) }
      for beam in [1, 4] {
        var options = SearchOptions()
        (options.beam, options.nbest) = (beam, beam)
        let found = BeamSearch(Ensemble([(network, p)]), options)
          .translate([SearchRequest(source, bounds: bounds)])[0]
        #expect(found.allSatisfy { (9...15).contains($0.units.count) })
      }
    }
  }

  @Test("a wide beam finds the most probable of all short translations")
  func exhaustive() {
    let network = TranslatorNetwork(Self.configuration([2], heads: 1), unitCount: 4)
    var p = Parameters(network.layout, seed: 6)
    var random = SplitMix64(seed: 7)
    for i in p.elements.indices { p.elements[i] += 2 * (random.nextUnit() - 0.5) }
    var options = SearchOptions()
    options.beam = 200
    options.lengthPenalty = 0
    let found = BeamSearch(Ensemble([(network, p)]), options)
      .translate([SearchRequest([2, 3])])[0][0]
    // All translations of up to five of the units 0, 2 and 3; 1 is the end.
    var all: [[Int]] = [[]]
    var longest: [[Int]] = [[]]
    for _ in 0..<5 {
      longest = longest.flatMap { units in [0, 2, 3].map { units + [$0] } }
      all += longest
    }
    let best = all.max {
      logProbability(network, p, [2, 3], $0) < logProbability(network, p, [2, 3], $1)
    }
    #expect(found.units == best)
  }
}

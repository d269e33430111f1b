import TagmaAnnotations
import TagmaLexicon
import TagmaNeural
import TagmaTagging
import TestSupport
import Testing

/// The pass back through all layers at once: that each is right alone does not show that they are
/// joined rightly.
@Suite("The whole network")
struct NetworkGradientTests {
  private static let variants:
    [(name: String, change: @Sendable (inout TaggerConfiguration) -> Void)] =
      [
        ("one layer", { _ in }),
        (
          "two members of two residual layers",
          {
            $0.members = 2
            $0.hiddenSizes = [2, 2]
            $0.connection = .residual
          }
        ),
        (
          "highway, CNN, no affixes",
          {
            $0.hiddenSizes = [2, 2]
            $0.connection = .highway
            $0.characterModel = .cnn
            $0.affixSize = 0
          }
        ),
        (
          "self-attention after each of two residual layers",
          {
            // Wide enough for normalised sums to be nearly straight within a step of the differences.
            $0.hiddenSizes = [4, 4]
            $0.connection = .residual
            ($0.attentionHeads, $0.attention) = (2, .each)
          }
        ),
        (
          "two members that language models tell of contexts",
          {
            $0.members = 2
            $0.contextInputSize = 4
            $0.contextSize = 3
          }
        ),
        (
          "two members, one of which reads contexts",
          {
            $0.members = 2
            $0.contextInputSize = 4
            $0.contextSize = 3
            $0.contextMembers = 1
          }
        ),
      ]

  @Test("gradients equal differences, language model included", arguments: variants.indices)
  func gradients(variant: Int) {
    var configuration = TaggerConfiguration()
    configuration.wordSize = 3
    configuration.characterSize = 2
    configuration.characterHiddenSize = 2
    configuration.affixSize = 1
    configuration.affixBuckets = 5
    configuration.hiddenSizes = [3]
    Self.variants[variant].change(&configuration)
    let words = Vocabulary(["<unk>", "der", "hund", "bellt", "rom"])
    let characters = Vocabulary(["<unk>"] + "derhunbltom".map(String.init))
    let vocabularies = TaggerVocabularies(
      words: words, characters: characters,
      labels: [
        (.upos, Vocabulary(["DET", "NOUN", "VERB"])),
        (.feats, Vocabulary(["_", "Case=Nom|Number=Sing", "Number=Sing"])),
        (.ner, Vocabulary(["O", "B-LOC", "I-LOC", "E-LOC", "S-LOC"])),
      ], inputs: [])
    let network = TaggerNetwork(
      configuration, vocabularies, labelSmoothing: 0.1,
      learnsLanguageModel: configuration.attentionHeads == 0)
    let extractor = WordFeatureExtractor(
      words: words, characters: characters,
      affixBuckets: configuration.affixSize > 0 ? configuration.affixBuckets : 0)
    let forms = [["der", "hund", "bellt"], ["rom", "bellt"]]
    var batch = network.input(
      forms.map { $0.map { extractor.features(of: $0) } }, forms: [[0, 1, 2], [3, 2]], inputs: [])
    let rows = batch.packing.rows
    if configuration.contextInputSize > 0 {
      var random = SplitMix64(seed: 8)
      batch.context = Matrix(
        rows: rows, columns: configuration.contextInputSize,
        elements: (0..<rows * configuration.contextInputSize).map { _ in random.nextUnit() - 0.5 })
    }
    let targets: [[[Int32]]?] = [
      [[0, 1, 1, 2, -1]],
      [[1, 0, 2, 1, 0], [1, 0, 0, 1, 0], [1, 0, 1, 1, 0]],
      [[1, 4, 2, 0, 3]],
    ]
    #expect(targets.allSatisfy { $0?.allSatisfy { $0.count == rows } ?? false })
    let pass = TrainingPass(
      dropout: Dropout(rate: 0), wordDropout: 0, contextDropout: 0.4, weights: [1, 0.5, 2],
      languageModelWeight: 0.3)
    /// The loss of all members, each of which adds to gradients of its own.
    func loss(_ elements: [Float]) -> (loss: Double, gradients: [Float]) {
      let weights = Parameters(network.layout, elements: elements)
      var (all, sum) = ([Float](), 0.0)
      for (member, stretch) in zip(network.members, network.stretches) {
        var (random, gradients) = (SplitMix64(seed: 1), Gradients(network.layout, of: stretch))
        sum += member.train(
          batch, targets: targets, pass: pass, random: &random, weights,
          accumulatingInto: &gradients)
        all += gradients.elements
      }
      return (sum, all)
    }
    let start = Parameters(network.layout, seed: 3).elements
    let gradients = loss(start).gradients
    #expect(gradients.contains { $0 != 0 })
    for entry in network.layout.entries {
      let range = entry.parameter.range
      expectGradient(
        of: Array(start[range]), matches: Array(gradients[range]),
        name: "\(Self.variants[variant].name): \(entry.name)", step: 5e-3, tolerance: 5e-3
      ) { values in
        var elements = start
        elements.replaceSubrange(range, with: values)
        return loss(elements).loss
      }
    }
  }
}

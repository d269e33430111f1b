package import TagmaAnnotations
package import TagmaLexicon
internal import TagmaModels
package import TagmaNeural

/// The vocabularies that fix the sizes of a network.
package struct TaggerVocabularies: Sendable {
  package var words: Vocabulary
  package var characters: Vocabulary
  /// Labels of each task that is predicted, in the order of the heads.
  package var labels: [(task: TaggingTask, labels: Vocabulary)]
  /// Values of each label that is given.
  package var inputs: [(task: TaggingTask, labels: Vocabulary)]

  package init(
    words: Vocabulary, characters: Vocabulary, labels: [(task: TaggingTask, labels: Vocabulary)],
    inputs: [(task: TaggingTask, labels: Vocabulary)]
  ) {
    (self.words, self.characters, self.labels, self.inputs) = (words, characters, labels, inputs)
  }

  /// With the words and characters of another model before its own, so that they keep their rows; labels are its own.
  package func following(_ other: TaggerVocabularies?) -> TaggerVocabularies {
    guard let other else { return self }
    var joined = self
    joined.words = Vocabulary(other.words.entries + words.entries)
    joined.characters = Vocabulary(other.characters.entries + characters.entries)
    return joined
  }
}

/// All networks of a tagger.
///
/// Each member reads the sentences for itself; when tagging, the scores of all are averaged. Members
/// begin with different weights and lose different values to dropout, so that they err differently
/// (Hansen & Salamon 1990).
package struct TaggerNetwork: Sendable {
  package let configuration: TaggerConfiguration
  package let layout: ParameterLayout
  package let members: [TaggerMember]
  /// Where the weights of each member are.
  package let stretches: [Range<Int>]
  /// What the heads of all members are alike in: tasks, labels, constraints.
  package var heads: [TaskHead] { members[0].heads }

  package init(
    _ configuration: TaggerConfiguration, _ vocabularies: TaggerVocabularies,
    labelSmoothing: Float = 0, learnsLanguageModel: Bool = false
  ) {
    self.configuration = configuration
    var layout = ParameterLayout()
    var members: [TaggerMember] = []
    var stretches: [Range<Int>] = []
    for i in 0..<configuration.members {
      var ownConfiguration = configuration
      if configuration.contextMembers > 0, i >= configuration.contextMembers {
        ownConfiguration.contextInputSize = 0
      }
      let start = layout.count
      members.append(
        TaggerMember(
          ownConfiguration, vocabularies, labelSmoothing: labelSmoothing,
          learnsLanguageModel: learnsLanguageModel,
          prefix: configuration.members == 1 ? "" : "members.\(i).", in: &layout))
      stretches.append(start..<layout.count)
    }
    self.members = members
    self.stretches = stretches
    self.layout = layout
  }

  /// The weights between the steps of all recurrent layers.
  var recurrentWeights: [Parameter] {
    members.flatMap(\.layers).flatMap(\.recurrentWeights)
  }
}

// MARK: - Input

extension TaggerNetwork {
  /// What the network reads of a batch.
  ///
  /// Each different word is read letter by letter once.
  package struct Input: Sendable {
    package let packing: PackedSequences
    /// For each row, the word.
    package var words: [Int]
    /// The different words of the batch, where they are read letter by letter.
    package let characters: CharacterEncoder.Batch?
    /// For each row, the row of its word in what the character encoder returns.
    package let spelling: [Int]
    /// `affixKinds` rows of the table for each row of the batch.
    package let affixes: [Int]
    /// For each given task, a label for each row.
    package let inputs: [[Int]]
    /// For each row what is known of the word beside its form, `[R, contextInputSize]`, where anything is.
    package var context: Matrix?
  }

  /// Assembles a batch; `sentences` are sorted from long to short.
  package func input(_ sentences: [[WordFeatures]], forms: [[Int]], inputs: [[[Int]]]) -> Input {
    let packing = PackedSequences(lengths: sentences.map(\.count))
    var words = [Int](repeating: 0, count: packing.rows)
    var different = words
    var affixes: [Int] = []
    let hasAffixes = configuration.affixSize > 0
    let readsCharacters = configuration.characterModel != .none
    affixes.reserveCapacity(
      hasAffixes ? packing.rows * WordFeatureExtractor.affixKinds : 0)
    var place: [Int: Int] = [:]
    var spelled: [[Int]] = []
    var given = inputs.map { _ in words }
    for t in 0..<packing.steps {
      for i in 0..<packing.count(at: t) {
        let (row, features) = (packing.offsets[t] + i, sentences[i][t])
        words[row] = features.word
        if hasAffixes { affixes += features.affixes }
        for k in inputs.indices { given[k][row] = inputs[k][i][t] }
        guard readsCharacters else { continue }
        if let known = place[forms[i][t]] {
          different[row] = known
        } else {
          different[row] = spelled.count
          place[forms[i][t]] = spelled.count
          spelled.append(features.characters)
        }
      }
    }
    let characters = readsCharacters ? CharacterEncoder.Batch(spelled) : nil
    return Input(
      packing: packing, words: words, characters: characters,
      spelling: characters.map { batch in different.map { batch.sequence[$0] } } ?? [],
      affixes: affixes, inputs: given)
  }
}

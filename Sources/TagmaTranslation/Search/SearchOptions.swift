/// How translations are looked for.
public struct SearchOptions: Sendable, Equatable {
  /// Hypotheses kept at each step; 1 is greedy.
  public var beam = 5
  /// The power of its length that a hypothesis's score is divided by (Wu and others 2016).
  public var lengthPenalty = 1.0
  /// Weight of the logarithms of the attention that each source unit got (Wu and others 2016); 0 does without.
  ///
  /// What leaves words out, scores less.
  public var coveragePenalty = 0.0
  /// No n-gram of this many units is repeated in a translation (`no_repeat_ngram_size`); 0 allows it.
  public var noRepeat = 6
  /// Whether translations are looked for among the units that those of the source become, where the model has a table of
  /// them; draws are among all.
  ///
  /// Probabilities, and so scores, are then among those units.
  public var usesShortlist = true
  /// How many translations are wanted of each sentence, best first.
  public var nbest = 1
  /// The sampling temperature: units are sampled from their probabilities to the power of one over it; 0 searches for the best.
  public var temperature = 0.0
  /// Units are sampled among the K most probable ones (top-k); 0 among all.
  public var topK = 0
  /// The seed of sampling; the result depends on it and on the source.
  public var seed: UInt64 = 1

  public init() {}
}

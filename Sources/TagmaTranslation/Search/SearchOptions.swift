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
  /// No run of so many units stands twice in a translation, so that none goes round in circles; 0 allows it.
  public var noRepeat = 6
  /// Whether translations are looked for among the units that those of the source become, where the model has a table of
  /// them; draws are among all.
  ///
  /// Probabilities, and so scores, are then among those units.
  public var usesShortlist = true
  /// How many translations are wanted of each sentence, best first.
  public var nbest = 1
  /// Units are drawn by their probabilities to the power of one over this; 0 searches for the best.
  public var temperature = 0.0
  /// Units are drawn among so many of the likeliest; 0 among all.
  public var topK = 0
  /// What draws depend on, beside the source.
  public var seed: UInt64 = 1

  public init() {}
}

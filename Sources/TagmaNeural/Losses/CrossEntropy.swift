internal import TagmaKernels

/// Cross-entropy of a softmax over each of several groups of columns, with label smoothing.
///
///     p = softmax(x)    L = − Σ_k q_k log p_k    q = (1 − ε) onehot(target) + ε / K
///
/// One group is an ordinary classifier; several are independent classifiers computed by one product,
/// such as the attributes of morphological features; those after the first are smoothed no further
/// and weigh `auxiliaryWeight`. Rows whose target is negative have no loss.
package struct CrossEntropy: Sendable {
  /// The columns of each group of classes.
  package let groups: [Range<Int>]
  /// ε, the probability spread over all classes (Szegedy and others, 2016, §7).
  package let labelSmoothing: Float
  package let auxiliaryWeight: Float

  package init(groups: [Range<Int>], labelSmoothing: Float = 0, auxiliaryWeight: Float = 1) {
    self.groups = groups
    self.auxiliaryWeight = auxiliaryWeight
    self.labelSmoothing = labelSmoothing
  }

  /// The summed loss, and its gradient with respect to the logits `[N, K]`, times `weight`.
  ///
  /// - Parameter targets: For each group, the class of each row within the group.
  package func loss(_ logits: Matrix, targets: [[Int32]], weight: Float = 1) -> (
    loss: Double, dLogits: Matrix
  ) {
    precondition(targets.count == groups.count, "CrossEntropy: one list of targets a group")
    var d = logits
    var out = d.elements.mutableSpan
    var total = 0.0
    for (i, gold) in targets.enumerated() {
      total += crossEntropy(
        &out, rows: logits.rows, stride: logits.columns, columns: groups[i], targets: gold,
        smoothing: i == 0 ? labelSmoothing : 0, weight: i == 0 ? weight : weight * auxiliaryWeight)
    }
    return (total, d)
  }

  /// Probabilities among the first group's columns, as far as `logits` has them; other columns keep their logits, `[N, K]`.
  package func probabilities(_ logits: Matrix) -> Matrix {
    var p = logits
    var out = p.elements.mutableSpan
    softmax(
      &out, rows: logits.rows, stride: logits.columns,
      columns: groups[0].clamped(to: 0..<logits.columns))
    return p
  }
}

/// Half the sum of squared differences, `½ Σ (y − t)²`.
package struct SquaredError: Sendable {
  package init() {}

  package func loss(_ y: Matrix, target: Matrix) -> (loss: Double, dy: Matrix) {
    precondition(y.rows == target.rows && y.columns == target.columns, "SquaredError: shapes")
    var d = y
    var sum = 0.0
    for i in d.elements.indices {
      d.elements[i] -= target.elements[i]
      sum += 0.5 * Double(d.elements[i]) * Double(d.elements[i])
    }
    return (sum, d)
  }
}

internal import Foundation

/// Cross-entropy of independent yes-or-no questions, one a column, with label smoothing.
///
///     p = σ(x)    L = − Σ_k q_k log p_k + (1 − q_k) log (1 − p_k)    q = (1 − ε) target + ε / 2
package struct BinaryCrossEntropy: Sendable {
  package let labelSmoothing: Float

  package init(labelSmoothing: Float = 0) { self.labelSmoothing = labelSmoothing }

  /// The summed loss, and its gradient with respect to the logits `[N, K]`, times `weight`.
  ///
  /// - Parameter targets: For each row the columns whose answer is yes.
  package func loss(_ logits: Matrix, targets: [[Int]], weight: Float = 1) -> (
    loss: Double, dLogits: Matrix
  ) {
    precondition(targets.count == logits.rows, "BinaryCrossEntropy: targets for each row")
    var d = logits
    var total = 0.0
    for row in 0..<logits.rows {
      for column in 0..<logits.columns {
        let i = row * logits.columns + column
        let x = logits.elements[i]
        let q = (targets[row].contains(column) ? 1 - labelSmoothing : 0) + labelSmoothing / 2
        // log(1 + eˣ) − q x, without a large power.
        total += Double(max(x, 0) + log1p(exp(-abs(x))) - q * x)
        d.elements[i] = weight * (Self.sigmoid(x) - q)
      }
    }
    return (total, d)
  }

  /// The probability of yes, `[N, K]`.
  package func probabilities(_ logits: Matrix) -> Matrix {
    Matrix(
      rows: logits.rows, columns: logits.columns, elements: logits.elements.map(Self.sigmoid))
  }

  private static func sigmoid(_ x: Float) -> Float {
    x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))
  }
}

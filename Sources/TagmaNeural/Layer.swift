/// A differentiable function with learned parameters.
///
/// A layer holds shapes and places, never values: those live in `Parameters`.
package protocol Layer: Sendable {
  associatedtype Input: Sendable
  associatedtype Output: Sendable
  /// What `forward` keeps for `backward`.
  associatedtype Saved: Sendable

  func forward(_ input: Input, _ parameters: borrowing Parameters) -> (
    output: Output, saved: Saved
  )

  /// Returns the gradient of the loss with respect to the input, and adds the gradients with
  /// respect to the parameters to `gradients`.
  func backward(
    _ dOutput: Output, _ saved: Saved, _ parameters: borrowing Parameters,
    accumulatingInto gradients: inout Gradients
  ) -> Input
}

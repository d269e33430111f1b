package import TagmaNeural
internal import Testing

/// Compares gradients written by hand with central differences.
///
/// The loss is `Σ wᵢ yᵢ` with fixed random `w`, summed in double precision.
///
/// - Parameters:
///   - loss: A function of the parameters and the input, which must be linear in its output.
///   - parameters, input: Where the gradient is taken.
///   - gradients: What the backward pass says.
package func expectGradient(
  of elements: [Float], matches gradient: [Float], name: String, step: Float = 1e-2,
  tolerance: Double = 2e-3, _ loss: ([Float]) -> Double
) {
  for i in elements.indices {
    var (above, below) = (elements, elements)
    above[i] += step
    below[i] -= step
    let expected = (loss(above) - loss(below)) / Double(above[i] - below[i])
    let found = Double(gradient[i])
    #expect(
      abs(found - expected) <= tolerance * max(1, abs(expected)),
      "\(name)[\(i)]: \(found), expected \(expected)")
  }
}

/// Checks a layer from matrices to matrices, with respect to its input and all parameters.
package func checkGradients<L: Layer>(
  of layer: L, layout: ParameterLayout, seed: UInt64, input: [Float],
  wrap: ([Float]) -> L.Input, unwrapInput: (L.Input) -> [Float],
  wrapOutput: ([Float]) -> L.Output, unwrapOutput: (L.Output) -> [Float]
) {
  var random = SplitMix64(seed: seed)
  var parameters = Parameters(layout, seed: seed)
  for i in parameters.elements.indices { parameters.elements[i] += 0.1 * (random.nextUnit() - 0.5) }
  let (output, saved) = layer.forward(wrap(input), parameters)
  let weights = unwrapOutput(output).map { _ in 2 * random.nextUnit() - 1 }
  var gradients = Gradients(layout)
  let dInput = layer.backward(
    wrapOutput(weights), saved, parameters, accumulatingInto: &gradients)
  func loss(_ input: [Float], _ elements: [Float]) -> Double {
    let y = unwrapOutput(layer.forward(wrap(input), Parameters(layout, elements: elements)).output)
    return zip(y, weights).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }
  expectGradient(of: input, matches: unwrapInput(dInput), name: "input") {
    loss($0, parameters.elements)
  }
  for entry in layout.entries {
    let range = entry.parameter.range
    expectGradient(
      of: Array(parameters.elements[range]), matches: Array(gradients.elements[range]),
      name: entry.name
    ) { values in
      var elements = parameters.elements
      elements.replaceSubrange(range, with: values)
      return loss(input, elements)
    }
  }
}

/// `count` values in −1…1.
package func randomValues(_ count: Int, seed: UInt64) -> [Float] {
  var random = SplitMix64(seed: seed)
  return (0..<count).map { _ in 2 * random.nextUnit() - 1 }
}

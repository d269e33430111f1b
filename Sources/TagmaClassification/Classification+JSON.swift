internal import TagmaAnnotations

extension Classification {
  /// An object with the labels, the likeliest ones with their probabilities, and the text.
  public func json(of text: String, best: Int) -> String {
    let rows = probabilities.prefix(best).map {
      "{\"label\":\(jsonQuoted($0.label)),\"probability\":\(Self.rounded($0.probability))}"
    }
    return
      "{\"labels\":[\(labels.map(jsonQuoted).joined(separator: ","))],\"probabilities\":[\(rows.joined(separator: ","))],\"text\":\(jsonQuoted(text))}"
  }

  private static func rounded(_ value: Float) -> Double { (Double(value) * 1e4).rounded() / 1e4 }
}

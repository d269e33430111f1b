internal import TagmaNeural

/// How the output of a recurrent layer is joined with its input.
enum Joint: Sendable {
  case none
  /// Their sum (He et al. 2016).
  case residual
  case highway(Highway)

  init(
    _ connection: TaggerConfiguration.Connection, size: Int, name: String,
    in layout: inout ParameterLayout
  ) {
    switch connection {
    case .none: self = .none
    case .residual: self = .residual
    case .highway: self = .highway(Highway(size: size, name: name, in: &layout))
    }
  }

  /// Whether the output is the layer's alone.
  var isNone: Bool {
    if case .none = self { return true }
    return false
  }

  /// Turns a layer's output `y` into that of both.
  func forward(_ x: Matrix, _ y: inout Matrix, _ p: borrowing Parameters) -> Highway.Saved? {
    switch self {
    case .none: return nil
    case .residual:
      y.add(x)
      return nil
    case .highway(let highway):
      let (joined, saved) = highway.forward(Highway.Input(x: x, h: y), p)
      y = joined
      return saved
    }
  }

  /// Turns the gradient of the joined output into that of the layer's; returns what flows past it.
  func backward(
    _ dy: inout Matrix, _ saved: Highway.Saved?, _ p: borrowing Parameters,
    accumulatingInto g: inout Gradients
  ) -> Matrix? {
    switch (self, saved) {
    case (.highway(let highway), let saved?):
      let d = highway.backward(dy, saved, p, accumulatingInto: &g)
      dy = d.h
      return d.x
    case (.residual, _): return dy
    default: return nil
    }
  }
}

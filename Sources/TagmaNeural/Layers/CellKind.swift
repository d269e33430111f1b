internal import TagmaKernels

/// What a recurrent layer remembers with: the one list of all cells.
public enum CellKind: String, Codable, Sendable, CaseIterable {
  case lstm, gru
  case elmanTanh = "elman-tanh"
  case elmanSigmoid = "elman-sigmoid"
  case elmanReLU = "elman-relu"

  /// The function of a single step.
  package var function: any RecurrentCell {
    switch self {
    case .lstm: LSTMCell()
    case .gru: GRUCell()
    case .elmanTanh: ElmanCell(.tanh)
    case .elmanSigmoid: ElmanCell(.sigmoid)
    case .elmanReLU: ElmanCell(.relu)
    }
  }
}

/// A training that can be watched, stopped and resumed.
public protocol ModelTrainer: AnyObject {
  associatedtype Kind: ModelKind
  var configuration: Kind.Configuration { get }
  var training: TrainingSettings<Kind.Hyperparameters> { get }
  /// What it learns from.
  var files: [TrainingFile<Kind.FileFacts>] { get }
  /// Where it stands.
  var loop: TrainingLoop { get }
  var licence: String? { get set }
  /// The command that the model's card names.
  var command: [String]? { get set }
  /// What will be trained, in numbers with their names.
  var sizes: [(name: String, count: Int)] { get }
  /// Trains until the last epoch, early stopping, or a request to stop.
  func train(report: (TrainingEvent) -> Void) throws -> TrainingOutcome
}

extension ModelTrainer {
  /// How its weights are learned.
  public var optimization: OptimizationSettings { training.optimization }

  /// What the model's folder says of it.
  package func description(_ facts: Kind.Facts) -> ModelDescription<Kind> {
    var description = ModelDescription<Kind>()
    description.configuration = configuration
    description.training = training
    description.trainingData = files
    description.devScores = loop.state.bestScores
    description.epoch = loop.state.bestEpoch
    description.licence = licence
    description.toolVersion = tagmaVersion
    description.command = command
    description.facts = facts
    return description
  }
}

extension ModelTrainer {
  /// The weights do not depend on it.
  public var threads: Int {
    get { loop.threads }
    set { loop.threads = newValue }
  }
  /// Where checkpoints are kept; nil keeps none.
  public var checkpointPath: String? {
    get { loop.checkpointPath }
    set { loop.checkpointPath = newValue }
  }
  /// Asked before each batch: a training that stops writes a checkpoint first.
  public var shouldStop: @Sendable () -> Bool {
    get { loop.shouldStop }
    set { loop.shouldStop = newValue }
  }
  /// Asked before each batch: whether to write a checkpoint and go on.
  public var wantsCheckpoint: @Sendable () -> Bool {
    get { loop.wantsCheckpoint }
    set { loop.wantsCheckpoint = newValue }
  }
  /// Whether a checkpoint of other settings or data may be taken up.
  public var allowsChangedData: Bool {
    get { loop.allowsChangedData }
    set { loop.allowsChangedData = newValue }
  }
  /// Why the last checkpoint that failed could not be written.
  public var checkpointFailure: (any Error)? { loop.checkpointFailure }
  /// What each epoch brought, also those before a resumption.
  public var reports: [EpochReport] { loop.state.reports }
  /// The number of epochs that are done.
  public var epochsDone: Int { loop.state.epoch }
  /// The number of batches of the next epoch that are done.
  public var batchesDone: Int { loop.state.current.batches }

  /// Whether the last checkpoint was damaged, so that the one before it was taken up.
  public var resumedFromEarlierCheckpoint: Bool { loop.resumedFromEarlier }

  /// Takes up the last checkpoint; false where there is none.
  public func resume() throws -> Bool { try loop.resume() }
}

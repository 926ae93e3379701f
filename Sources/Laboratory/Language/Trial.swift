import CoppiceDatasets
import CoppiceNetworks
import CoppicePruning
import CoppiceTerms

/// One cell of a sweep with one seed: everything a result depends on. A sweep is a base trial and what varies around it.
///
/// The defaults are LeNet-300-100 on `glyphs`, pruned by magnitude at one stroke and trained again from its initial weights.
public struct Trial: Sendable {
  /// The network.
  public var model: Model
  /// What its weights begin as.
  public var start: Start
  /// How weights are drawn; `nil` for the model's own way.
  public var initializer: Initializer?
  /// What it is trained on.
  public var dataset: DatasetSource
  /// How weights follow their gradients.
  public var optimizer: Optimizer
  /// The learning rate over the dense training.
  public var learningRate: LearningRate
  /// The greatest norm of all gradients together, above which they are scaled down; `nil` for no limit.
  public var clipping: Double?
  /// Examples in a training step.
  public var batchSize: Int
  /// The length of the dense training, T.
  public var training: Budget
  /// How often validation and test sets are evaluated during a training.
  public var evaluation: Budget
  /// What says which weights go first.
  public var criterion: Criterion
  /// What one unit of pruning is.
  public var granularity: Granularity
  /// How much each layer gives.
  public var allocation: Allocation
  /// When how much is pruned.
  public var schedule: Schedule
  /// The pruning ratio: the sparsity asked for, 0 ≤ ratio < 1; `nil` where the schedule sets its own.
  public var sparsity: Double?
  /// What the pruning ratio is a fraction of.
  public var target: CostTarget
  /// How masks move inside a training.
  public var dynamics: Dynamics
  /// The mask that is learned in the first training.
  public var learnedMask: LearnedMask
  /// What trainings make small.
  public var loss: Loss
  /// What ends a training or a ladder before its time.
  public var stop: StopRule
  /// How many batches of training data evidence is measured on, each of `scoringBatch` examples. More than one pass over the
  /// data has come from further passes, each in an order of its own.
  public var scoringBatches: Int
  /// What is done step by step; `nil` for what schedule and retraining stand for.
  public var recipe: Recipe?
  /// What follows each pruning.
  public var retraining: Retraining
  /// How the learning rate of a retraining goes.
  public var retrainingRate: RetrainingRate
  /// What sets a pruned network right in each round, before its retraining.
  public var repair: Repair
  /// Whether a pruned network is trained on as the smaller one that is left of it.
  public var compaction: Compaction
  /// What the optimizer of a retraining begins with.
  public var optimizerState: OptimizerState
  /// What is measured of every round besides costs and accuracies, while nothing else runs.
  public var measurement: RoundMeasurement
  /// What the claim is compared with.
  public var control: Control
  /// The rounds that are reported besides round 0, the dense training; `nil` for all. A round that is not reported is trained
  /// only where a reported one builds on it. The rounds of a ticket build on each other; those of a rewound control do not.
  public var rounds: [Int]?
  /// Training examples in a batch that evidence is measured on.
  public var scoringBatch: Int
  /// Which form the products with pruned weights take.
  public var execution: SparseExecution
  /// In which order the networks that are measured see their data.
  public var dataOrder: DataOrder
  /// The seed of initial weights, split, data order, augmentation, dropout and random masks, each a stream of its own.
  public var seed: Int

  /// A trial of these settings.
  public init(
    model: Model = .lenet300100, initializer: Initializer? = nil, dataset: DatasetSource = .glyphs,
    optimizer: Optimizer = .adam(), learningRate: LearningRate = .constant(1.2e-3), clipping: Double? = nil,
    batchSize: Int = 60, training: Budget = .iterations(2_000), evaluation: Budget = .iterations(100),
    criterion: Criterion = .magnitude, granularity: Granularity = .weight, allocation: Allocation = .global,
    schedule: Schedule = .oneShot, sparsity: Double? = nil, retraining: Retraining = .rewind(),
    control: Control = .none, rounds: [Int]? = nil, scoringBatch: Int = 256,
    execution: SparseExecution = .automatic, seed: Int = 0, recipe: Recipe? = nil,
    dynamics: Dynamics = .none, loss: Loss = .crossEntropy, stop: StopRule = .never, scoringBatches: Int = 1,
    learnedMask: LearnedMask = .none, retrainingRate: RetrainingRate = .own, repair: Repair = .none,
    compaction: Compaction = .none, optimizerState: OptimizerState = .fresh,
    measurement: RoundMeasurement = .none, target: CostTarget = .weights, start: Start = .fresh,
    dataOrder: DataOrder = .own
  ) {
    self.model = model
    self.start = start
    self.initializer = initializer
    self.dataset = dataset
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.clipping = clipping
    self.batchSize = batchSize
    self.training = training
    self.evaluation = evaluation
    self.criterion = criterion
    self.granularity = granularity
    self.allocation = allocation
    self.schedule = schedule
    self.sparsity = sparsity
    self.retraining = retraining
    self.control = control
    self.rounds = rounds
    self.scoringBatch = scoringBatch
    self.execution = execution
    self.seed = seed
    self.recipe = recipe
    self.dynamics = dynamics
    self.loss = loss
    self.stop = stop
    self.scoringBatches = scoringBatches
    self.learnedMask = learnedMask
    self.retrainingRate = retrainingRate
    self.repair = repair
    self.compaction = compaction
    self.optimizerState = optimizerState
    self.measurement = measurement
    self.target = target
    self.dataOrder = dataOrder
  }

  /// What makes this trial another than others: every setting that is not at its neutral value.
  public var specification: Specification { specification(Settings.all) }

  /// The same by a table of settings.
  func specification(_ settings: [Setting]) -> Specification {
    Specification("trial", version: 1).adding(
      settings.map { ($0.name, $0.identity(self), neutral: $0.neutral ?? .list([.none, .none])) })
  }

  /// Refuses a number that cannot be, in any setting and however it was spelled: in text, in a sweep in Swift, in a file.
  ///
  /// - Parameter known: values that were found right before, by the place of their setting; it takes those of this trial.
  func checkNumbers(_ settings: [Setting], _ known: inout [Int: Set<Specification.Value>]) throws {
    for (place, setting) in settings.enumerated()
    where !known[place, default: []].contains(setting.value(self)) {
      try setting.check(self)
      known[place, default: []].insert(setting.value(self))
    }
  }
}

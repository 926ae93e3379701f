import CoppiceNetworks
import CoppiceStore
import CoppiceTerms

/// Trains a network for some steps and measures it: dense, under masks that hold still, or under masks that move. Its weights are
/// drawn afresh, or are those that another stage left. With no steps it is measured only.
package struct TrainingStage: Stage {
  /// Where the weights come from.
  package enum Source: Hashable, Sendable {
    /// Drawn afresh, see `Regimen.initialParameters`.
    case fresh(draw: Int)
    /// The weights another stage left: a training, or a pruning that moves survivors.
    case weights(of: StageKey)
  }

  /// A training, and the stage with its masks.
  package struct Twin: Hashable, Sendable {
    let training: StageKey
    let masks: StageKey
  }

  package let regimen: Regimen
  package let source: Source
  /// The stage whose masks hold; `nil` for a dense training.
  package let masks: StageKey?
  /// What moves masks on the way; `nil` where they hold still.
  package let moves: MaskMoves?
  /// The step of the dense training whose batch, dropout and augmentation the first step has.
  package let firstStep: Int
  /// Steps it makes, unless a stop rule ends it.
  package let steps: Int
  /// The step of the dense training whose learning rate the first step has; `nil` for its last rate throughout.
  package let learningRateStep: Int?
  /// How its learning rate goes, where it is not that of the dense training.
  package let rate: RateCourse?
  /// Whether the network is measured. One that is only there to be rewound to is not.
  package let isMeasured: Bool
  /// The fraction of prunable weights that is to be left, 0…1. It serves estimates of time and is no part of the key.
  package let density: Double
  /// The longer training that passes through its result and leaves it on the way, where both are made.
  package let within: StageKey?
  /// A training of the round before that differs in the masks alone: where these turn out to be equal, so are the results. No part of
  /// the key.
  package var twin: Twin?
  /// The rule that may end it.
  let stop: StopRule
  package let key: StageKey

  package init(
    _ regimen: Regimen, source: Source, masks: StageKey? = nil, moves: MaskMoves? = nil, firstStep: Int = 0,
    steps: Int, learningRateStep: Int? = 0, rate: RateCourse? = nil, isMeasured: Bool = true,
    density: Double = 1, within: StageKey? = nil
  ) {
    self.regimen = regimen
    self.source = source
    self.masks = masks
    self.moves = moves
    self.firstStep = firstStep
    self.steps = steps
    self.learningRateStep = learningRateStep
    self.rate = rate
    self.isMeasured = isMeasured
    self.density = density
    self.within = within
    stop = isMeasured && regimen.stop.scope == .training ? regimen.stop : .never
    let origin: Specification.Value =
      switch source {
      case .fresh(let draw): .integer(draw)
      case .weights(let key): key.value
      }
    let isSparse = masks != nil || moves != nil
    key = StageKey(
      Specification(
        "training", version: 1,
        [
          ("regimen", .component(regimen.specification)), ("source", origin), ("steps", .integer(steps)),
          ("learning-rate-step", learningRateStep.map(Specification.Value.integer) ?? .none),
        ]
      ).adding([
        ("masks", masks?.value ?? .none, neutral: .none),
        ("moves", moves.map { .component($0.specification) } ?? .none, neutral: .none),
        // A dense training has no weights to run sparse.
        (
          "execution", .text((isSparse ? regimen.execution : .automatic).rawValue),
          neutral: .text(SparseExecution.automatic.rawValue)
        ),
        ("first-step", .integer(firstStep), neutral: .integer(0)),
        ("rate", rate?.value ?? .none, neutral: .none),
        ("evaluation-interval", isMeasured ? .integer(regimen.evaluationInterval) : .none, neutral: .none),
        ("stop", .component(stop.identity), neutral: .component(StopRule.never.specification)),
      ]))
  }

  package var mayEndEarly: Bool { stop.scope == .training }

  package var work: StageWork {
    StageWork(kind: regimen.timing, steps: steps, density: density, evaluations: evaluations)
  }

  /// How often it is measured: every so many steps, the first time before the first step, and at the end.
  var evaluations: Int {
    isMeasured ? (steps + regimen.evaluationInterval - 1) / regimen.evaluationInterval + 1 : 0
  }

  /// What the planned steps cost at the planned density.
  package func flops(_ costs: NetworkCostTable) throws -> Double {
    try costs.costs(of: regimen).flopsPerStep(regimen.model, density: density) * Double(steps)
  }

  package func denseFlops(_ costs: NetworkCostTable) throws -> Double {
    try costs.costs(of: regimen).flopsPerStep * Double(steps)
  }

  package var parents: [StageKey] {
    var parents = masks.map { [$0] } ?? []
    if case .weights(let key) = source { parents.append(key) }
    if let before = rate?.before { parents.append(before) }
    if let twin { parents += [twin.training, twin.masks] }
    return parents
  }

  package func run(_ context: StageContext) throws -> StageRecord {
    if let twin, let masks, try context.masks(of: masks) == context.masks(of: twin.masks) {
      return try context.outputs(of: twin.training).shared(by: key)
    }
    var run = try TrainingRun(self, context)
    return try run.finish()
  }

  /// Where it begins.
  func initialState(_ context: StageContext) throws -> TrainingState {
    switch source {
    case .fresh(let draw):
      return TrainingState(
        parameters: regimen.initialParameters(draw: draw), buffers: regimen.model.initialBuffers)
    case .weights(let parent):
      let record = try context.outputs(of: parent)
      guard let parameters = record[parameters: "parameters"] else {
        throw StageError.missingOutput("parameters", stage: parent.short)
      }
      return TrainingState(
        parameters: parameters, buffers: record[parameters: "buffers"] ?? regimen.model.initialBuffers)
    }
  }
}

extension StageRecord {
  /// The same results as those of another stage, for which nothing was computed.
  fileprivate func shared(by key: StageKey) -> StageRecord {
    var record = self
    record.key = key.hexadecimal
    let spent = ["training_flops", "training_flops_dense", "wall_time"]
    for index in record.numbers.indices where spent.contains(numbers[index].name) {
      record.numbers[index].values = [0]
    }
    return record
  }
}

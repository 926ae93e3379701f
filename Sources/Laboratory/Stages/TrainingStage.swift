import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
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
    /// Made from the trial's own initial weights in another way.
    case remade(Reinitialisation, draw: Int)
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
  /// Whether pruned weights are frozen at their initial values in place of 0: all are active, and the survivors are trained.
  package let freezesPruned: Bool
  /// What moves masks on the way; `nil` where they hold still.
  package let moves: MaskMoves?
  /// What learns masks on the way; `nil` where nothing does.
  package let learning: MaskLearning?
  /// The step of the dense training whose batch, dropout and augmentation the first step has.
  package let firstStep: Int
  /// Steps it makes, unless a stop rule ends it.
  package let steps: Int
  /// The step of the dense training whose learning rate the first step has; `nil` for its last rate throughout.
  package let learningRateStep: Int?
  /// How its learning rate goes, where it is not that of the dense training.
  package let rate: RateCourse?
  /// Whether it runs on the smaller network that is left where units without any survivor are cut out.
  package let isCompacted: Bool
  /// Whether the network is measured. One that is only there to be rewound to is not.
  package let isMeasured: Bool
  /// The fraction of prunable weights that is to be left, 0…1. It serves estimates of time and is no part of the key.
  package let density: Double
  /// The longer training that passes through its result and leaves it on the way, where both are made.
  package let within: StageKey?
  /// The step of the dense training whose weights it takes up again; `nil` where it does not go back. No part of the key.
  package var rewindStep: Int?
  /// A training of the round before that differs in the masks alone: where these turn out to be equal, so are the results. No part of
  /// the key.
  package var twin: Twin?
  package let key: StageKey

  package init(
    _ regimen: Regimen, source: Source, masks: StageKey? = nil, freezesPruned: Bool = false,
    moves: MaskMoves? = nil, learning: MaskLearning? = nil, firstStep: Int = 0, steps: Int,
    learningRateStep: Int? = 0, rate: RateCourse? = nil, isCompacted: Bool = false, isMeasured: Bool = true,
    density: Double = 1,
    within: StageKey? = nil
  ) {
    self.regimen = regimen
    self.source = source
    self.masks = masks
    self.freezesPruned = freezesPruned
    self.moves = moves
    self.learning = learning
    self.firstStep = firstStep
    self.steps = steps
    self.learningRateStep = learningRateStep
    self.rate = rate
    self.isCompacted = isCompacted
    self.isMeasured = isMeasured
    self.density = density
    self.within = within
    let stop = Self.stop(regimen, isMeasured: isMeasured)
    let origin: Specification.Value =
      switch source {
      case .fresh(let draw): .integer(draw)
      case .weights(let key): key.value
      case .remade(let way, let draw): way.value(draw: draw)
      }
    let isSparse = masks != nil || moves != nil || learning?.mask.makesMasks == true
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
        ("learning", learning.map { .component($0.specification) } ?? .none, neutral: .none),
        // A dense training has no weights to run sparse.
        (
          "execution", .text((isSparse ? regimen.execution : .automatic).rawValue),
          neutral: .text(SparseExecution.automatic.rawValue)
        ),
        ("first-step", .integer(firstStep), neutral: .integer(0)),
        ("rate", rate?.value ?? .none, neutral: .none),
        ("evaluation-interval", isMeasured ? .integer(regimen.evaluationInterval) : .none, neutral: .none),
        ("stop", .component(stop.identity), neutral: .component(StopRule.never.specification)),
        ("freezes-pruned", .flag(freezesPruned), neutral: .flag(false)),
        ("compacted", .flag(isCompacted), neutral: .flag(false)),
      ]))
  }

  /// The rule that may end it.
  var stop: StopRule { Self.stop(regimen, isMeasured: isMeasured) }

  private static func stop(_ regimen: Regimen, isMeasured: Bool) -> StopRule {
    isMeasured && regimen.stop.scope == .training ? regimen.stop : .never
  }

  package var mayEndEarly: Bool { stop.scope == .training }

  package var work: StageWork {
    let kind = learning.map { learning in
      Specification(
        "learning", version: 1,
        [
          ("timing", .component(regimen.timing)), ("learning", .component(learning.specification)),
        ])
    }
    return StageWork(kind: kind ?? regimen.timing, steps: steps, density: density, evaluations: evaluations)
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

  /// The network that is trained: the regimen's own, or what a learned mask makes of it.
  func network() throws -> Network { try learning?.network(regimen) ?? regimen.model }

  /// The masks it begins under; `nil` for a dense training.
  func initialMasks(_ context: StageContext) throws -> DynamicMasks? {
    guard let masks = try masks.map({ try context.masks(of: $0) }) else { return moves?.start }
    guard freezesPruned else { return DynamicMasks(active: masks) }
    var active = masks
    for (name, mask) in masks {
      let whole = Mask(keepingAll: mask.shape)
      if masks.isCompanion(name) { active.setCompanion(name, whole) } else { active[name] = whole }
    }
    return DynamicMasks(active: active, trained: masks)
  }

  /// Where it begins.
  func initialState(_ context: StageContext) throws -> TrainingState {
    var state = try sourceState(context)
    guard freezesPruned, let masks = try masks.map({ try context.masks(of: $0) }) else { return state }
    let initial = regimen.initialParameters(draw: 0)
    for (name, mask) in masks {
      guard var weight = state.parameters[name], let frozen = initial[name] else { continue }
      for place in mask.bytes.indices where mask.bytes[place] == 0 {
        weight.scalars[place] = frozen.scalars[place]
      }
      state.parameters[name] = weight
    }
    return state
  }

  /// The weights that it goes back to, and their step; `nil` where it does not.
  func origin(_ context: StageContext) throws -> (step: Int, parameters: ParameterSet)? {
    guard let rewindStep else { return nil }
    guard case .weights(let parent) = source else { return (rewindStep, regimen.initialParameters(draw: 0)) }
    return try context.outputs(of: parent)[parameters: "parameters"].map { (rewindStep, $0) }
  }

  private func sourceState(_ context: StageContext) throws -> TrainingState {
    switch source {
    case .fresh(let draw):
      return TrainingState(
        parameters: regimen.initialParameters(draw: draw), buffers: regimen.model.initialBuffers)
    case .remade(let way, let draw):
      return TrainingState(
        parameters: regimen.initialParameters(
          way, draw: draw, masks: try masks.map({ try context.masks(of: $0) })),
        buffers: regimen.model.initialBuffers)
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

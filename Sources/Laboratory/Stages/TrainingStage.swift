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
    /// Drawn afresh as initial weights of the smaller network that masks leave where units without any survivor are cut out.
    case small(draw: Int)
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
  /// What draws masks on the way, by which a stop rule may end it; `nil` where nothing does.
  package let drawing: MaskDrawing?
  /// The step of the dense training whose batch, dropout and augmentation the first step has.
  package internal(set) var firstStep: Int
  /// Steps it makes, unless a stop rule ends it.
  package internal(set) var steps: Int
  /// The step of the dense training whose learning rate the first step has; `nil` for its last rate throughout.
  package internal(set) var learningRateStep: Int?
  /// A training before it whose end is known once it is made, and what that means for the steps here; `nil` where the plan knows all.
  package let predecessor: Predecessor?
  /// How its learning rate goes, where it is not that of the dense training.
  package let rate: RateCourse?
  /// Whether it runs on the smaller network that is left where units without any survivor are cut out.
  package let isCompacted: Bool
  /// Whether it leaves the optimizer's moments beside the weights.
  package let keepsMoments: Bool
  /// The training whose moments it begins with; `nil` for moments of 0.
  package let moments: StageKey?
  /// How its network is made one of codes; `nil` where it is not.
  package let quantisation: StageQuantisation?
  /// What it does besides: a teacher, adapters, another order.
  package let way: Way
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
    moves: MaskMoves? = nil, learning: MaskLearning? = nil, drawing: MaskDrawing? = nil,
    firstStep: Int = 0, steps: Int, learningRateStep: Int? = 0, predecessor: Predecessor? = nil,
    rate: RateCourse? = nil, isCompacted: Bool = false, keepsMoments: Bool = false,
    moments: StageKey? = nil, way: Way = Way(), isMeasured: Bool = true, density: Double = 1,
    within: StageKey? = nil, quantisation: StageQuantisation? = nil
  ) {
    self.regimen = regimen
    self.source = source
    self.masks = masks
    self.freezesPruned = freezesPruned
    self.moves = moves
    self.learning = learning
    self.drawing = drawing
    self.predecessor = predecessor
    self.firstStep = firstStep
    self.steps = steps
    self.learningRateStep = learningRateStep
    self.rate = rate
    self.isCompacted = isCompacted
    (self.keepsMoments, self.moments) = (keepsMoments, moments)
    (self.way, self.isMeasured) = (way, isMeasured)
    self.density = density
    self.within = within
    self.quantisation = quantisation
    let stop = Self.stop(regimen, isMeasured: isMeasured)
    let origin: Specification.Value =
      switch source {
      case .fresh(let draw): .integer(draw)
      case .weights(let key): key.value
      case .remade(let way, let draw): way.value(draw: draw)
      case .small(let draw): .component(Specification("small", version: 1, [("draw", .integer(draw))]))
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
        ("drawing", drawing.map { .component($0.specification) } ?? .none, neutral: .none),
        ("predecessor", predecessor?.value ?? .none, neutral: .none),
        ("compacted", .flag(isCompacted), neutral: .flag(false)),
        ("keeps-moments", .flag(keepsMoments), neutral: .flag(false)),
        ("moments", moments?.value ?? .none, neutral: .none),
        ("quantisation", quantisation?.value ?? .none, neutral: .none),
        ("guide", way.guide?.value ?? .none, neutral: .none),
        ("adapters", way.adapters.map { .integer($0.rank) } ?? .none, neutral: .none),
        ("copy", .integer(way.copy), neutral: .integer(0)),
        ("data-order", .integer(way.order), neutral: .integer(0)),
      ]))
  }

  /// The rule that may end it.
  var stop: StopRule { Self.stop(regimen, isMeasured: isMeasured) }

  private static func stop(_ regimen: Regimen, isMeasured: Bool) -> StopRule {
    isMeasured && regimen.stop.scope == .training ? regimen.stop : .never
  }

  package var mayEndEarly: Bool {
    stop.scope == .training || drawing != nil || ![nil, .shifted].contains(predecessor?.difference)
  }

  package var work: StageWork {
    let kind = learning.map { learning in
      Specification(
        "learning", version: 1,
        [
          ("timing", .component(regimen.timing)), ("learning", .component(learning.specification)),
        ])
    }
    let quantised =
      steps == 0
      ? nil
      : quantisation.map { quantisation in
        Specification(
          "quantising", version: 1,
          [("timing", .component(regimen.timing)), ("bits", .integer(quantisation.bits))])
      }
    return StageWork(
      kind: kind ?? quantised ?? guidedKind ?? regimen.timing, steps: steps, density: density,
      evaluations: evaluations)
  }

  /// Steps beside a teacher take longer than others.
  private var guidedKind: Specification? {
    way.guide.map { guide in
      Specification(
        "guided", version: 1,
        [("timing", .component(regimen.timing)), ("teacher", .component(guide.network.origin))])
    }
  }

  /// How often it is measured: every so many steps, the first time before the first step, and at the end.
  var evaluations: Int {
    isMeasured ? (steps + regimen.evaluationInterval - 1) / regimen.evaluationInterval + 1 : 0
  }

  /// What the planned steps cost at the planned density.
  package func flops(_ costs: NetworkCostTable) throws -> Double {
    try (costs.costs(of: regimen).flopsPerStep(regimen.model, density: density) + guideFlops) * Double(steps)
  }

  package func denseFlops(_ costs: NetworkCostTable) throws -> Double {
    try (costs.costs(of: regimen).flopsPerStep + guideFlops) * Double(steps)
  }

  package var parents: [StageKey] {
    var parents = masks.map { [$0] } ?? []
    if case .weights(let key) = source { parents.append(key) }
    if let before = rate?.before { parents.append(before) }
    if let moments, !parents.contains(moments) { parents.append(moments) }
    if let teacher = way.guide?.teacher, !parents.contains(teacher) { parents.append(teacher) }
    if let key = predecessor?.training, !parents.contains(key) { parents.append(key) }
    for key in quantisation?.parents ?? [] where !parents.contains(key) { parents.append(key) }
    if let twin { parents += [twin.training, twin.masks] }
    return parents
  }

  package func run(_ context: StageContext) throws -> StageRecord {
    if let twin, let masks, try context.masks(of: masks) == context.masks(of: twin.masks) {
      return try context.outputs(of: twin.training).shared(by: key)
    }
    var run = try TrainingRun(settled(context), context)
    return try run.finish()
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

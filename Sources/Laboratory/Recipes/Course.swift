import CoppicePruning
import CoppiceTensors
import CoppiceTerms

/// A trial while its recipe unrolls: where its network stands, and the stages asked for so far.
package struct Course {
  package let trial: Trial
  package let regimen: Regimen
  /// The trial's own retraining in steps.
  let retraining: RetrainingPlan
  /// The rounds that are reported beside round 0.
  let wanted: Set<Int>
  let pruner: Pruner
  /// What the granularity makes units from.
  let structure: NetworkStructure
  /// The layers that are pruned, whole.
  let prunable: [PrunableLayer]
  /// How many weights coupled units leave at least.
  let leastSurvivors: Int
  /// What learns masks in the first training; `nil` where nothing does.
  let learning: MaskLearning?
  /// What prunings are to leave of what the network costs; `nil` where they are to leave weights.
  var costs: CostForecast?
  /// What the first pruning is asked to reach; `nil` where there is none.
  let firstTarget: PruningTarget?

  var graph = StageGraph()
  /// The stage with the network as it stands; `nil` before the first training.
  var network: StageKey?
  /// What draws masks in the first training, by which a stop rule may end it; `nil` where nothing does.
  var drawing: MaskDrawing?
  /// Whether the network has not made the steps that such a rule has spared, though `position` counts them.
  var isSpared = false
  /// The first training.
  var dense: StageKey?
  /// The stage with the masks so far.
  var masks: StageKey?
  /// How often the network was pruned.
  var prunings = 0
  /// Whether trainings run on the smaller network that masks leave.
  var isCompacting: Bool
  /// Whether the network was measured with masks that its training has learned: then it may be trained again as it is.
  var isLearned = false
  /// The stage with the network before the first pruning since it was trained last; `nil` where it was not pruned since.
  var unpruned: StageKey?
  /// What repairs the network before it is trained on, in order.
  var repairs: [Repair] = []
  /// The last pruning that is not known to have removed nothing.
  var lastRemoval = 0
  /// Optimizer steps the network as it stands has had; a rewind takes some back. Batches go on from here.
  var position = 0
  /// The last training of a control that goes on from its own network.
  var controlled: StageKey?
  var forecast: Forecast
  var rounds: [Round] = []
  /// The retrainings so far, in order.
  var retrainings: [Retraining] = []
  /// The masks of the last retraining, and whether those of this one are the same.
  var retrainedMasks: StageKey?
  var isInVain = false
  /// Whether the network as it stands has been measured.
  var isMeasured = false
  /// The trainings of the ladder so far, where a rule may end it.
  var ladder: [StageKey] = []
  /// The decision that the ladder goes on.
  var decision: StageKey?
  /// How the network is quantised; `nil` where it is not.
  var quantising: CourseQuantisation?

  init(
    _ trial: Trial, _ regimen: Regimen, retraining: RetrainingPlan, wanted: [Int], pruner: Pruner,
    structure: NetworkStructure, prunable: [PrunableLayer], learning: MaskLearning? = nil,
    costs: CostForecast? = nil, firstTarget: PruningTarget? = nil
  ) throws {
    (self.learning, self.firstTarget, self.costs) = (learning, firstTarget, costs)
    self.trial = trial
    isCompacting = trial.compaction == .afterPruning
    self.regimen = regimen
    self.retraining = retraining
    self.wanted = Set(wanted)
    self.pruner = pruner
    self.structure = structure
    self.prunable = prunable
    let shapes = Dictionary(
      regimen.model.declarations.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    try pruner.checkMultiple(among: regimen.model.layers, structure: structure) { shapes[$0] }
    leastSurvivors = try pruner.leastSurvivors(among: regimen.model.layers, structure: structure) {
      shapes[$0]
    }
    forecast = Forecast(
      prunable,
      pools: try pruner.pools(among: regimen.model.layers, structure: structure) { shapes[$0] })
  }

  var scoring: ScoringData { ScoringData(batch: trial.scoringBatch, count: trial.scoringBatches) }

  /// Adds a stage, unless it is there already.
  @discardableResult
  mutating func add(_ stage: some Stage) -> StageKey { graph.add(stage) }

  /// What a training from fresh weights that makes `position` steps owes to the rule that ended the first training; `nil` where it owes
  /// nothing.
  var spared: TrainingStage.Predecessor? { predecessor(.spared) }

  /// The first training, where it may have ended before the steps that `position` counts.
  func predecessor(_ difference: TrainingStage.Predecessor.Difference) -> TrainingStage.Predecessor? {
    guard isSpared, let dense else { return nil }
    return TrainingStage.Predecessor(training: dense, planned: regimen.total, difference: difference)
  }

  /// Lets the trial's stop rule decide, after a training of the ladder, whether the next round is made.
  mutating func decide(_ training: StageKey) throws(PlanError) {
    guard trial.stop.scope == .ladder else { return }
    if ladder.isEmpty, masks != nil { throw .ladderWithoutDense(trial.stop) }
    ladder.append(training)
    decision = add(DecisionStage(trial.stop, rounds: ladder))
  }

  mutating func report(_ stages: [(role: Round.Role, key: StageKey)], isOwn: Bool = false) {
    guard isOwn || prunings == 0 || wanted.contains(prunings) else { return }
    // What nobody asked for has no number.
    let isAsked = learning?.mask.makesMasks != true || learning?.ratio != nil || forecast.sparsity > 0
    let isOfWeights = costs == nil || prunings == 0
    let hasTicket = prunings > 0 && trial.control != .none && trial.control.isTrained && !isLearned
    rounds.append(
      Round(
        index: prunings, stages: stages, requestedSparsity: isAsked && isOfWeights ? forecast.sparsity : .nan,
        requestedCost: costs?.aim,
        isInVain: isInVain, ticketSteps: hasTicket ? position : nil, spared: spared
      ))
  }
}

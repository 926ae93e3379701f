import CoppiceNetworks
import CoppicePruning
import CoppiceTerms

/// Settings that do not go together.
package enum PlanError: Error, Hashable, CustomStringConvertible {
  case batchSize(Int, Int)
  case noSuchRound(Int, Int)
  case untrainedControl(Control)
  case noEvaluation
  case dynamicsWithSchedule(Dynamics, Schedule)
  case dynamicsWithControl(Dynamics, Control)
  case dynamicsWithoutRatio(Dynamics)
  case noMeasuredRound([Int])
  case dynamicsWithRecipe(Dynamics)
  case stopWithoutValidation(StopRule)
  case dynamicsWithRounds(Dynamics)
  case dynamicsWithCompensation(Dynamics, Criterion)
  case dynamicsWithLadderStop(Dynamics, StopRule)
  case controlWithStop(Control, StopRule)
  case ladderWithRounds(StopRule)
  case ladderWithoutDense(StopRule)
  case nothingPrunes(Double)
  case controlWithoutStatistics(Model)
  case learnedMaskWithDynamics(LearnedMask, Dynamics)
  case learnedMaskWithSchedule(LearnedMask, Schedule)
  case learnedMaskWithControl(LearnedMask, Control)
  case learnedMaskWithRepair(LearnedMask, Repair)
  case learnedMaskWithRounds(LearnedMask)
  case learnedMaskWithStop(LearnedMask, StopRule)
  case learnedMaskWithoutRatio(LearnedMask)
  case learnedMaskCutShort(LearnedMask)
  case learnedMaskMeasured(LearnedMask, Allocation)
  case learnedMaskOfUnits(LearnedMask, Granularity)
  case stopMetric(StopRule, known: [String])
  case repairWithDynamics(Repair, Dynamics)
  case repairTwice(Repair)
  case repairWithRewind(Repair, Retraining)
  case rateWithRewind(RetrainingRate, Retraining)

  package var description: String {
    switch self {
    case .batchSize(let batch, let examples):
      "a batch of \(batch) cannot be filled from \(examples) training examples; set batch-size to 1…\(examples)"
    case .noSuchRound(let round, let last):
      "round \(round) is to be reported, but the schedule has rounds 0 to \(last)"
    case .noEvaluation:
      "an evaluation every 0 steps is none; set evaluation to steps (100it), epochs (1ep) or a share (0.1)"
    case .dynamicsWithSchedule(let dynamics, let schedule):
      "dynamics \(dynamics.name) removes weights inside the training, and schedule \(schedule.name) between trainings; "
        + "set schedule=none, or dynamics=none"
    case .dynamicsWithControl(let dynamics, let control):
      "control \(control.name) stands for what follows a pruning, and dynamics \(dynamics.name) prunes inside one training "
        + "with nothing behind it; set dynamics=none, or another control"
    case .dynamicsWithoutRatio(let dynamics):
      "dynamics \(dynamics.name) leads to a pruning ratio: give the trial a sparsity between 0 and 1"
    case .noMeasuredRound(let rounds):
      "none of the rounds asked for (\(rounds.map(String.init).joined(separator: ", "))) is measured: this schedule trains "
        + "behind its last pruning alone; leave out rounds, or give a sparsity above 0"
    case .dynamicsWithRecipe(let dynamics):
      "dynamics \(dynamics.name) works inside one whole training, and a recipe says itself where the network is pruned; leave "
        + "out one of them"
    case .stopWithoutValidation(let rule):
      "stop rule \(rule.name) looks at \(rule.metric ?? "nothing"), and the data have no validation examples; choose data "
        + "that have some, or set stop=never"
    case .dynamicsWithRounds(let dynamics):
      "dynamics \(dynamics.name) makes one round, the network at the end of the training: leave out rounds"
    case .dynamicsWithCompensation(let dynamics, let criterion):
      "criterion \(criterion.name) moves the weights it leaves, and dynamics \(dynamics.name) moves masks alone while the "
        + "optimizer moves weights; set dynamics=none, or another criterion"
    case .dynamicsWithLadderStop(let dynamics, let rule):
      "stop rule \(rule.name) ends a ladder of rounds, and dynamics \(dynamics.name) makes one round; set stop=never, or a rule "
        + "that ends a training"
    case .controlWithStop(let control, let rule):
      "control \(control.name) trains exactly as long as its ticket, and stop rule \(rule.name) may end either earlier; set "
        + "stop=never, or control=none"
    case .ladderWithRounds(let rule):
      "stop rule \(rule.name) decides which rounds there are, so none can be chosen before: leave out rounds, or set stop=never"
    case .ladderWithoutDense(let rule):
      "stop rule \(rule.name) compares with the dense network, and this trial trains none to its end: begin the recipe with "
        + "train, or set stop=never"
    case .nothingPrunes(let ratio):
      "nothing removes weights: schedule none leaves that to the dynamics, and there is none, so a sparsity of \(ratio) "
        + "cannot be reached; set dynamics, or another schedule"
    case .learnedMaskWithDynamics(let mask, let dynamics):
      "learned mask \(mask.name) learns which weights survive, and dynamics \(dynamics.name) removes others in the same training; "
        + "set dynamics=none, or learned-mask=none"
    case .learnedMaskWithSchedule(let mask, let schedule):
      "learned mask \(mask.name) prunes inside the training, and schedule \(schedule.name) between trainings; set schedule=none, "
        + "or say in a recipe what follows: recipe(steps: [train, retrain])"
    case .learnedMaskWithControl(let mask, let control):
      "control \(control.name) replaces a round of pruning and retraining, and learned mask \(mask.name) makes none; set "
        + "control=none, or train again under its masks: recipe(steps: [train, retrain])"
    case .controlWithoutStatistics(let model):
      "the control recalibrated-only measures running statistics anew, and \(model.specification) has no batch normalisation; choose "
        + "another control, or a model with one"
    case .learnedMaskWithRepair(let mask, let repair):
      "learned mask \(mask.name) leaves a trained network, and repair \(repair.name) stands between a pruning and its retraining; set "
        + "repair=none, or write a recipe with a prune of its own"
    case .learnedMaskWithRounds(let mask):
      "learned mask \(mask.name) makes one round, the network at the end of the training: leave out rounds"
    case .learnedMaskWithStop(let mask, let rule):
      "learned mask \(mask.name) is made over the whole training, and stop rule \(rule.name) may end it earlier; set stop=never"
    case .learnedMaskWithoutRatio(let mask):
      "learned mask \(mask.name) keeps as many weights as the pruning ratio leaves: give the trial a sparsity between 0 and 1"
    case .learnedMaskCutShort(let mask):
      "learned mask \(mask.name) is made over a whole training: begin the recipe with train, without until"
    case .learnedMaskMeasured(let mask, let allocation):
      "learned mask \(mask.name) ranks weights by scores alone, and allocation \(allocation.name) asks for more than numbers of "
        + "weights in each layer; use global or layer-wise"
    case .learnedMaskOfUnits(let mask, let granularity):
      "learned mask \(mask.name) keeps a number of single weights in every step, and granularity \(granularity.name) has larger "
        + "units; set granularity=weight"
    case .stopMetric(let rule, let known):
      "stop rule \(rule.name) looks at \(rule.metric ?? "nothing"), but may look at the validation data alone, since nothing "
        + "is selected on the test set: " + known.joined(separator: ", ")
    case .repairWithDynamics(let repair, let dynamics):
      "repair \(repair.name) stands between a pruning and its retraining, and dynamics \(dynamics.name) removes weights inside one "
        + "training; set repair=none, or dynamics=none"
    case .repairTwice(let repair):
      "the setting repair is \(repair.name), and the recipe has a step repair of its own; leave out one of them"
    case .repairWithRewind(let repair, let retraining):
      "repair \(repair.name) repairs the weights that pruning has left, and retraining \(retraining.name) takes up others; set "
        + "repair=none, or a retraining that goes on, as fine-tune or learning-rate-rewind"
    case .rateWithRewind(let rate, let retraining):
      "retraining-rate \(rate.name) begins where the change of the weights by pruning puts it, and retraining \(retraining.name) "
        + "takes up other weights; set retraining-rate=linear, or a retraining that goes on, as fine-tune or learning-rate-rewind"
    case .untrainedControl(let control):
      "the control \(control) needs a retraining; with retraining none there is nothing to compare"
    }
  }
}

extension Trial {
  /// How many batches evidence may take: more are a slip of the pen.
  static let possibleScoringBatches = 1_000_000

  /// Refuses settings that do not go together.
  func checkCompatibility() throws(PlanError) {
    if stop.scope != .nothing, !StopRule.metrics.contains(stop.metric ?? "") {
      throw .stopMetric(stop, known: StopRule.metrics)
    }
    if control != .none, stop.scope == .training { throw .controlWithStop(control, stop) }
    if rounds != nil, stop.scope == .ladder { throw .ladderWithRounds(stop) }
    if repair != .none, dynamics != .none { throw .repairWithDynamics(repair, dynamics) }
    if repair != .none, recipe?.steps.contains(where: { $0.repairs }) == true { throw .repairTwice(repair) }
    if learnedMask != .none { return try checkLearnedMask() }
    guard dynamics != .none else {
      if recipe == nil, schedule == .none, let sparsity, sparsity > 0 { throw .nothingPrunes(sparsity) }
      return
    }
    if recipe != nil { throw .dynamicsWithRecipe(dynamics) }
    if schedule != .none { throw .dynamicsWithSchedule(dynamics, schedule) }
    if !control.isTrained { throw .dynamicsWithControl(dynamics, control) }
    if sparsity == nil { throw .dynamicsWithoutRatio(dynamics) }
    if rounds != nil { throw .dynamicsWithRounds(dynamics) }
    if stop.scope == .ladder { throw .dynamicsWithLadderStop(dynamics, stop) }
    if criterion.movesSurvivors { throw .dynamicsWithCompensation(dynamics, criterion) }
  }
}

extension Trial {
  /// What names the way weights are chosen: the criterion, or the mask that is learned in its place.
  var method: String { learnedMask.makesMasks && recipe == nil ? learnedMask.name : criterion.name }

  /// How many rounds a learned mask adds to those of the prunings: its own training, and a retraining under the same masks.
  func learnedRounds(_ steps: [RecipeStep]) -> Int {
    guard learnedMask.makesMasks else { return 0 }
    return steps.dropFirst().first?.name == "retrain" ? 2 : 1
  }

  /// Refuses what a learned mask does not go together with.
  private func checkLearnedMask() throws(PlanError) {
    if dynamics != .none { throw .learnedMaskWithDynamics(learnedMask, dynamics) }
    guard learnedMask.makesMasks else {
      if recipe == nil, schedule == .none, let sparsity, sparsity > 0 { throw .nothingPrunes(sparsity) }
      return
    }
    if stop.scope != .nothing { throw .learnedMaskWithStop(learnedMask, stop) }
    if learnedMask.keepsCount, sparsity == nil { throw .learnedMaskWithoutRatio(learnedMask) }
    guard recipe == nil else { return }
    if schedule != .none { throw .learnedMaskWithSchedule(learnedMask, schedule) }
    if control != .none { throw .learnedMaskWithControl(learnedMask, control) }
    if repair != .none { throw .learnedMaskWithRepair(learnedMask, repair) }
    if rounds != nil { throw .learnedMaskWithRounds(learnedMask) }
  }
}

extension PlanError: ReportedError {
  /// Settings that do not go together.
  package var exitCode: FailureCode { .usage }
}

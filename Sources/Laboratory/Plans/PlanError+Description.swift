import CoppicePruning
import CoppiceTerms

extension PlanError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .lossWithoutTeacher(let loss):
      "loss \(loss.name) compares with a teacher, which a step of a recipe has: set loss=cross-entropy, and "
        + "recipe(steps: [train, prune(sparsity: 0.5), distil(loss: \(loss.name))])"
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
    case .controlWithoutWidth(let control, let model):
      "the control \(control) makes a network narrower, and \(model.specification) has no channel, hidden unit or head that could go; "
        + "choose another control, or a model with some"
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
    case .learnedMaskOfHeads(let mask, let granularity):
      "learned mask \(mask.specification) has a gate for each attention head, and granularity \(granularity.name) has other units; set "
        + "granularity=head"
    case .searchWithoutPruning(let rule):
      "stop rule \(rule.name) ends the training before the first pruning by the masks that this would cut, and nothing is pruned: "
        + "set stop=never, or a schedule that prunes"
    case .searchWithoutDrawings(let rule):
      "stop rule \(rule.specification) draws no masks to compare: let it draw one in so many steps (every: 100it) or epochs "
        + "(every: 1ep) and keep \(StopRule.possibleMemory.lowerBound) to \(StopRule.possibleMemory.upperBound) of them (memory)"
    case .searchCutShort(let rule):
      "stop rule \(rule.name) says itself when the training before the first pruning ends, and this trial says it too; take a "
        + "schedule that prunes a trained network, as one-shot, or begin the recipe with train, without until; or set stop=never"
    case .searchBeyondWeights(let rule, let criterion, let allocation):
      "stop rule \(rule.name) draws masks on the way of a training from the weights alone, and criterion \(criterion.name) with "
        + "allocation \(allocation.name) measures on data or prunes in several cuts; use a criterion such as magnitude and an "
        + "allocation such as global"
    case .searchTooShort(let rule, let earliest, let total):
      "stop rule \(rule.specification) can end a training after step \(earliest) at the earliest, and this one has \(total) steps: "
        + "let it draw more often (every), keep fewer masks (memory), or train longer"
    case .searchWithoutQuestion(let rule, let most):
      "stop rule \(rule.specification) would end every training: masks of this sparsity differ in at most \(most) of the weights "
        + "whatever they are; give a smaller epsilon"
    case .searchWithRewind(let rule, let step, let earliest):
      "the retraining goes back to step \(step), and stop rule \(rule.specification) may end the training after step \(earliest): "
        + "go back to that step or an earlier one"
    case .dynamicsWithSearch(let dynamics, let rule):
      "stop rule \(rule.name) ends the training before the first pruning, and dynamics \(dynamics.name) prunes inside it; set "
        + "stop=never, or dynamics=none"
    case .nothingToComplete(let retraining):
      "retraining \(retraining.name) makes the steps that a stop rule has left of the training before the first pruning, and none "
        + "are left here; set stop=early-bird, or a retraining with steps of its own behind later prunings, as fine-tune"
    case .stopMetric(let rule, let known):
      "stop rule \(rule.name) looks at \(rule.metric ?? "nothing"), but may look at the validation data alone, since nothing "
        + "is selected on the test set: " + known.joined(separator: ", ")
    case .targetWithDynamics(let target, let dynamics):
      "target \(target.name) is counted on the network that a pruning leaves, and dynamics \(dynamics.name) removes weights inside one "
        + "training; set target=weights, or dynamics=none and a schedule that prunes"
    case .targetWithLearnedMask(let target, let mask):
      "target \(target.name) is counted on the network that a pruning leaves, and learned mask \(mask.name) makes masks of its own; set "
        + "target=weights, or learned-mask=none"
    case .targetWithSearch(let target, let rule):
      "stop rule \(rule.name) draws masks of a sparsity on the way of a training, and target \(target.name) says no sparsity; set "
        + "target=weights, or stop=never"
    case .targetWithRatio(let target, let ratio):
      "target \(target) says itself what is asked for, and the trial has a sparsity of \(ratio) too: set sparsity=none, or "
        + "target=\(target.bare)"
    case .targetWithRecipe(let target):
      "target \(target) says itself what is asked for, and so do the prunings of a recipe: set target=\(target.bare)"
    case .targetOfWeights(let target, let granularity):
      "target \(target.name) is counted where pruned units are cut out, and granularity \(granularity.name) removes weights inside "
        + "arrays that stay as large: set granularity to units such as channel, hidden-unit or head, or target to flops, parameters "
        + "or weights"
    case .targetMet(let target, let whole):
      "target \(target) is met before anything is pruned: the network costs \(whole.told); ask for less"
    case .targetBelowLeast(let target, let least, let whole):
      "target \(target) cannot be reached: of \(whole.told) at least \(least.told) are left, \(share(least / whole)) of them, because no "
        + "more can be cut out; ask for that or more"
    case .targetUnreachable(let target, let asked, let most):
      "a share of \(share(asked)) of \(target.name) cannot be removed, at most \(share(most)): the rest belongs to what no unit owns, "
        + "reaches an input or an output, or is kept by floor, multiple or ignored layers; ask for less, or see `coppice explain MODEL`"
    case .familiesWithDynamics(let allocation, let dynamics):
      "allocation \(allocation.name) measures families of units between trainings, and dynamics \(dynamics.name) moves masks inside "
        + "one; set another allocation, or dynamics=none"
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
    case .momentsOfLearnedMask(let mask):
      "optimizer-state kept goes on with the moments of the network's own weights, and learned mask \(mask.name) is trained beside "
        + "them; set optimizer-state=fresh, or learned-mask=none"
    case .untrainedControl(let control):
      "the control \(control) needs a retraining; with retraining none there is nothing to compare"
    }
  }
}

extension CostTarget {
  /// As it is written without an aim of its own.
  fileprivate var bare: String {
    let fields = specification.fields.filter { !["share", "at-most"].contains($0.name) }
    return Specification(name, version: specification.version, fields).description
  }
}

extension Double {
  /// As people read a cost: whole numbers without a point.
  fileprivate var told: String { Int(exactly: self).map(String.init) ?? "\(self)" }
}

/// A share to four digits, which is enough to ask for.
private func share(_ value: Double) -> String { "\((value * 10_000).rounded() / 10_000)" }

extension RecipeError {
  /// What is wrong with a step that distils, adapts, factorises or averages.
  var compression: String {
    switch self {
    case .noDenseTeacher:
      "distil takes the dense network as its teacher, and none is trained to its end before it: begin with train, or name another "
        + "teacher, as distil(teacher: trained(model: lenet-300-100))"
    case .lossWithoutTeacher(let loss):
      "distil needs a loss that compares with a teacher, and \(loss.name) looks at labels alone: take distillation or feature-matching"
    case .matchedCompacted(let loss):
      "loss \(loss.name) compares what a layer gives with the same layer of its teacher, and a compacted network has fewer units there: "
        + "leave out the compaction, or take distillation"
    case .distilledFirst:
      "distil stands first in the recipe, where it is the whole training, and a retraining follows a pruning: leave out with"
    case .distilledMask(let mask):
      "learned mask \(mask.name) is learned in the first training, which has no teacher: begin with train, and distil behind it"
    case .adaptedUnpruned:
      "adapt stands before a pruning, and adapters are trained under masks: put a prune before it, or take retrain"
    case .adaptedUnmasked:
      "adapters without a mask fill what was pruned: merged they leave no weight at 0, a sparsity of 0; leave out masked"
    case .adaptedCompacted:
      "adapt trains beside whole weights, and a compacted network has smaller ones: leave out the compaction"
    case .adaptedRewound(let retraining):
      "adapt keeps the weights as the pruning has left them, and retraining \(retraining.name) goes back to earlier ones: take one that "
        + "goes on, as adapt(rank: 4, with: fine-tune)"
    case .factorisedPruned:
      "factorise stands behind a pruning, and the factors of a pruned weight have no zeros, so that its mask would be lost: factorise "
        + "before the first prune"
    case .factorisedTwice:
      "two factorise steps stand in the recipe, and weights are factorised once: leave one out"
    case .factorisedUnderTarget(let target):
      "target \(target.name) counts what the trial's own network costs, and factorise makes another: set target=weights"
    case .factorisedRewound(let retraining):
      "a factorised network has no earlier weights, and retraining \(retraining.name) goes back to some: take one that goes on, as "
        + "retrain(with: fine-tune)"
    case .factorisedRepaired(let repair):
      "repair \(repair.name) sets right what a pruning has left, and factorise prunes nothing: set repair=none"
    case .factorisedChange(let rate):
      "retraining rate \(rate.name) asks how far a pruning has moved the weights, and factorise prunes nothing: take another rate"
    case .nothingToFactorise(let model):
      "no weight of \(model) takes less as a product of that rank: take a lower rank or a smaller share, or another model"
    case .factorsTooLarge(let share, let least):
      "products of rank 1 still take a share of \(least) of the floating-point operations, and \(share) is asked for: take more"
    case .averagedUntrained:
      "average takes the mean of copies, and copies that are not trained are one network: take a retraining that trains, as "
        + "average(copies: 3, with: fine-tune)"
    case .stepWithControl(let step, let control):
      "control \(control.name) stands for a plain retraining, and \(step) is another: set control=none"
    case .stepWithMoments(let step):
      "optimizer-state kept goes on with the moments of the training before, and \(step) trains other arrays: set "
        + "optimizer-state=fresh"
    default: ""
    }
  }
}

import CoppiceTensors
import CoppiceTerms

/// What is wrong with a pruning: what, where, and what to do about it.
public enum PruningError: Error, Hashable {
  /// A pruning ratio outside 0 ≤ ratio < 1.
  case ratioOutOfRange(Double)
  /// A schedule that leads to a pruning ratio was given none.
  case ratioMissing(schedule: String)
  /// A schedule that sets its own sparsities was given a pruning ratio.
  case ratioNotTaken(Double, schedule: String)
  /// A fraction of survivors to remove outside 0 < rate < 1.
  case rateOutOfRange(Double, of: String)
  /// A relative rate that is negative or not finite.
  case relativeRateOutOfRange(Double, of: String)
  /// Fewer rounds than one, or more than anyone can train.
  case roundsOutOfRange(Int)
  /// A round that the schedule does not have.
  case noSuchRound(Int, of: Int)
  /// A name that fits no prunable layer.
  case unknownLayer(String, place: String, nearest: String?, known: [String])
  /// A name that no shipped component has.
  case unknownComponent(String, kind: String, nearest: String?, known: [String])
  /// No layer is left to prune.
  case nothingToPrune(ignoring: [String])
  /// Layers that cannot be pruned hold more weights than shall survive.
  case unreachable(sparsity: Double, most: Double, String)
  /// An allocation answered for another number of layers.
  case quotaCount(Int, layers: Int, allocation: String)
  /// An allocation lets more weights survive than there are, or fewer than none.
  case quotaOutOfRange(Int, survivors: Int, layer: String?, allocation: String)
  /// A criterion read what it does not declare.
  case undeclaredNeed(ScoringNeeds, criterion: String)
  /// A criterion needs what is not there.
  case unavailable(ScoringNeeds, criterion: String)
  /// A prunable parameter without a weight, a gradient or a score.
  case missingParameter(String, in: String)
  /// Scores of another shape than the weight.
  case scoreShape(Shape, of: String, shape: Shape, criterion: String)
  /// A gradient of another shape than the weight.
  case gradientShape(Shape, of: String, shape: Shape)
  /// A mask of another shape than the weight.
  case maskShape(Shape, of: String, shape: Shape)
  /// A score that is infinite or not a number.
  case scoreNotFinite(Float, of: String, index: Int, criterion: String)
  /// Units that do not divide a weight.
  case unevenUnits(Int, of: String, shape: Shape, granularity: String)
  /// A pruned weight came back.
  case maskGrew(String)
  /// A rewind to a step that the dense training does not reach.
  case rewindPastEnd(Budget, step: Int, total: Int)
  /// An amount of training that makes no sense.
  case budget(BudgetError)
  /// A component that is written wrongly.
  case specification(SpecificationError)
}

extension PruningError: CustomStringConvertible {
  /// The sentence a user reads.
  public var description: String {
    switch self {
    case .ratioOutOfRange(let ratio):
      "a pruning ratio of \(ratio) is outside 0 ≤ ratio < 1: it is the fraction of weights to remove, 0.9 for 90 %"
    case .ratioMissing(let schedule):
      "schedule \(schedule) needs a pruning ratio: give the trial a sparsity between 0 and 1"
    case .ratioNotTaken(let ratio, let schedule):
      "schedule \(schedule) sets its own sparsities, so a pruning ratio of \(ratio) has no meaning: leave it out, "
        + "or use one-shot or iterative"
    case .rateOutOfRange(let rate, let what):
      "a rate of \(rate) for \(what) is outside 0 < rate < 1: it is the fraction of survivors to remove, 0.2 for 20 %"
    case .relativeRateOutOfRange(let rate, let layer):
      "a relative rate of \(rate) for \(layer) is not a number of 0 or more: 1 prunes at the schedule's rate, "
        + "0.5 at half of it"
    case .roundsOutOfRange(let rounds): "a schedule of \(rounds) rounds is out of range: it has 1…1000"
    case .noSuchRound(let round, let rounds):
      "there is no round \(round) in a schedule of \(rounds): rounds are counted from 1"
    case .unknownLayer(let name, let place, let nearest, let known):
      "no prunable layer is called \(name), which stands in \(place)\(hint(nearest)); there are "
        + known.joined(separator: ", ")
    case .unknownComponent(let name, let kind, let nearest, let known):
      "there is no \(kind) called \(name)\(hint(nearest)); there are " + known.joined(separator: ", ")
    case .nothingToPrune(let ignoring):
      ignoring.isEmpty
        ? "nothing can be pruned: the model has no prunable weight"
        : "nothing can be pruned: every prunable layer is ignored by " + ignoring.joined(separator: ", ")
    case .unreachable(let sparsity, let most, let allocation):
      "\(allocation) cannot reach a sparsity of \(sparsity): layers at rate 0 hold too many weights, at most "
        + "\(most) can be removed"
    case .quotaCount(let count, let layers, let allocation):
      "allocation \(allocation) answered for \(count) layers where there are \(layers): return one number a layer, in "
        + "the order given"
    case .quotaOutOfRange(let count, let survivors, let layer, let allocation):
      "allocation \(allocation) lets \(count) of the \(survivors) surviving weights of \(layer ?? "all layers") "
        + "survive: masks only shrink, return 0…\(survivors)"
    case .undeclaredNeed(let need, let criterion):
      "criterion \(criterion) reads \(need.words) without declaring it: write needs: \(need.code) in its definition, "
        + "because results are kept by what they depend on"
    case .unavailable(let need, let criterion):
      "criterion \(criterion) needs \(need.words), and none were given to the scoring context"
    case .missingParameter(let name, let place): "there is no \(name) among the \(place), but it is prunable"
    case .scoreShape(let found, let name, let shape, let criterion):
      "criterion \(criterion) scores \(name) in shape \(found) where the weight has shape \(shape)"
    case .gradientShape(let found, let name, let shape):
      "the gradient of \(name) has shape \(found) where the weight has shape \(shape)"
    case .maskShape(let found, let name, let shape):
      "the mask of \(name) has shape \(found) where the weight has shape \(shape)"
    case .scoreNotFinite(let value, let name, let index, let criterion):
      "criterion \(criterion) scores element \(index) of \(name) as \(value): scores must be finite; look for a "
        + "diverged training or a division by zero"
    case .unevenUnits(let size, let name, let shape, let granularity):
      "granularity \(granularity) makes units of \(size) elements, which do not divide \(name) of shape \(shape)"
    case .maskGrew(let name): "a pruned weight of \(name) came back: masks only shrink across rounds"
    case .rewindPastEnd(let point, let step, let total):
      "a rewind to \(point) is step \(step), and the dense training ends after \(total): rewind to an earlier step"
    case .budget(let error): error.description
    case .specification(let error): error.description
    }
  }
}

private func hint(_ nearest: String?) -> String { nearest.map { "; did you mean \($0)?" } ?? "" }

extension ScoringNeeds {
  fileprivate var words: String {
    switch self {
    case .gradients: "gradients"
    case .initialWeights: "initial weights"
    default: "random numbers"
    }
  }

  fileprivate var code: String {
    switch self {
    case .gradients: ".gradients"
    case .initialWeights: ".initialWeights"
    default: ".randomness"
    }
  }
}

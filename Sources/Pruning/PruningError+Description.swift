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
    case .evidenceShape(let found, let name, let shape, let evidence):
      "the evidence \(evidence) of \(name) has shape \(found) where the weight has shape \(shape)"
    case .evidenceName(let name, let isRepeated, let evidence):
      isRepeated
        ? "evidence \(evidence) speaks of \(name) twice: add what belongs to one parameter"
        : "evidence \(evidence) speaks of \(name), which is no trained parameter: use the parameters' names"
    case .evidencePart(let part, let evidence):
      part == 0
        ? "evidence \(evidence) has no part to combine: give it at least one example"
        : "part \(part) of evidence \(evidence) is not named and shaped like those before it: names and shapes must "
          + "not depend on the data"
    case .maskShape(let found, let name, let shape):
      "the mask of \(name) has shape \(found) where the weight has shape \(shape)"
    case .scoreNotFinite(let value, let name, let index, let criterion):
      "criterion \(criterion) scores element \(index) of \(name) as \(value): scores must be finite; look for a "
        + "diverged training or a division by zero"
    case .unevenUnits(let size, let name, let shape, let granularity):
      "granularity \(granularity) makes units of \(size) elements, which do not divide \(name) of shape \(shape)"
    case .unitSlice(let slice, let shape, let granularity):
      "granularity \(granularity) makes a unit of places \(slice.indices) along axis \(slice.axis) of "
        + "\(slice.parameter), which has shape \(shape): places are counted from 0, ascending"
    case .unitWithoutWeights(let slices, let granularity):
      "granularity \(granularity) makes a unit without a prunable weight, of "
        + (slices.isEmpty ? "nothing" : slices.map(\.parameter).joined(separator: ", "))
        + ": at least one slice must be of a prunable weight"
    case .noUnits(let granularity):
      "granularity \(granularity) finds nothing to prune: the network has no such units, or every one reaches into a "
        + "layer that the allocation ignores"
    case .rowsOfUnits(let granularity, let allocation):
      "allocation \(allocation) compares the weights of one row, and granularity \(granularity) prunes whole units: use "
        + "granularity weight, or an allocation of whole layers"
    case .unfit(let reason, let criterion): "criterion \(criterion) cannot be used here: \(reason)"
    case .solverScores(let criterion):
      "criterion \(criterion) solves whole layers and gives no scores to single weights"
    case .solverUnits(let criterion, let granularity):
      "criterion \(criterion) solves whole layers weight by weight, and granularity \(granularity) prunes larger units: "
        + "use granularity weight"
    case .solverQuota(let criterion, let allocation):
      "criterion \(criterion) solves one layer at a time, and allocation \(allocation) lets layers compete: use one that "
        + "says how much each layer gives, such as layer-wise"
    case .solvedCount(let count, let wanted, let name, let criterion):
      "criterion \(criterion) kept \(count) weights of \(name) where \(wanted) were to survive"
    case .notPositiveDefinite(let name, let criterion):
      "criterion \(criterion) finds a matrix of \(name) that is not positive definite: give it more damping or more "
        + "batches, and look for a diverged training"
    case .movedUnknown(let name, let criterion):
      "criterion \(criterion) gives a weight for \(name), which is no parameter"
    case .movedShape(let found, let name, let shape, let criterion):
      "criterion \(criterion) gives \(name) shape \(found) where the weight has shape \(shape)"
    case .movedNotFinite(let value, let name, let index, let criterion):
      "criterion \(criterion) moves element \(index) of \(name) to \(value): weights must be finite; look for a matrix "
        + "that has no inverse"
    case .movedPruned(let value, let name, let index, let criterion):
      "criterion \(criterion) gives element \(index) of \(name) the value \(value), but it is pruned: give pruned "
        + "weights 0"
    case .maskGrew(let name): "a pruned weight of \(name) came back: masks only shrink across rounds"
    case .shapeFault(let fault, let part): "\(part): \(fault)"
    case .rewindPastEnd(let point, let step, let total):
      "a rewind to \(point) is step \(step), and the dense training ends after \(total): rewind to an earlier step"
    case .budget(let error): error.description
    }
  }
}

private func hint(_ nearest: String?) -> String { nearest.map { "; did you mean \($0)?" } ?? "" }

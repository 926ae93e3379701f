import CoppiceTensors

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
    case .coupledFloor(let sparsity, let most, let coupling, let granularity):
      "granularity \(granularity) cannot reach a sparsity of \(sparsity), at most \(most): of every family "
        + (coupling.multiple > 1
          ? "a multiple of \(coupling.multiple) units stays, or all of them where it has fewer"
          : "\(coupling.floor) \(coupling.floor == 1 ? "unit stays" : "units stay")")
        + "; ask for less, or give it another floor or multiple"
    case .multipleBeyondFamilies(let multiple, let largest, let granularity):
      "granularity \(granularity) leaves a multiple of \(multiple) units of every family, and the largest family has \(largest): "
        + (largest > 1
          ? "no unit can go; give a multiple below \(largest), such as \(max(1, largest / 2))"
          : "no unit can go; choose another granularity")
    case .costUnreachable(let cost, let least):
      "what is left cannot cost \(cost): the allocation lets nothing come below \(least); ask for less, or take allocation global"
    case .patternCost(let granularity):
      "granularity \(granularity) keeps so many weights of every group, so that nothing is left to a target of costs: set "
        + "target=weights, or granularity to weight or to units such as channel"
    case .fixedUnit(let slice, let granularity):
      "granularity \(granularity) makes a unit of places \(slice.indices) along axis \(slice.axis) of \(slice.parameter), which "
        + "reach an input or an output of the network or an operation that needs all of them: leave the unit out; "
        + "`coppice explain MODEL` tells what can be removed"
    case .quotaCount(let count, let layers, let allocation):
      "allocation \(allocation) answered for \(count) layers where there are \(layers): return one number a layer, in "
        + "the order given"
    case .quotaOutOfRange(let count, let survivors, let layer, let allocation):
      "allocation \(allocation) lets \(count) of the \(survivors) surviving weights of \(layer ?? "all layers") "
        + "survive: masks only shrink, return 0…\(survivors)"
    case .quotaTotal(let total, let wanted, let allocation):
      "allocation \(allocation) lets \(total) weights survive in all where \(wanted) shall: the numbers of the layers must "
        + "add up to that"
    case .noFloor(let floor, let allocation):
      "a floor of \(floor) in allocation \(allocation) is neither a density 0…1 nor a whole number of weights"
    case .floors(let held, let survivors, let count, let allocation):
      "the floors of allocation \(allocation) hold \(held) of \(count) weights, and \(survivors) are to survive: at most a "
        + "sparsity of \(Double(count - held) / Double(max(1, count))) can be reached, or lower the floor"
    case .parameterOutOfRange(let value, let parameter, let expected, let allocation):
      "a \(parameter) of \(value) in allocation \(allocation) is out of range: \(expected)"
    case .undeclaredNeed(let need, let criterion):
      "\(reader(criterion)) reads \(need.words) without declaring it: write needs: \(need.code) in its definition, "
        + "because results are kept by what they depend on"
    case .unavailable(let need, let criterion):
      "\(reader(criterion)) needs \(need.words), and none were given to the scoring context"
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
    case .emptyBlocks(let rows, let columns, let name, let granularity):
      "granularity \(granularity) makes blocks of \(rows) rows and \(columns) columns of \(name): give both 1 or more"
    case .noPattern(let kept, let size, let granularity):
      "granularity \(granularity) is to keep \(kept) of every \(size) weights, which is no pattern: keep at least 1 and "
        + "fewer than all, as 2 of 4"
    case .unevenGroups(let size, let name, let shape, let granularity):
      "granularity \(granularity) groups \(size) input channels, and \(name) of shape \(shape) "
        + groupsOf(shape) + ", ignore the layer in the allocation, or leave it dense with uneven: dense"
    case .patternQuota(let asked, let kept, let count, let layer, let granularity, let allocation):
      "granularity \(granularity) keeps \(kept) of the \(count) weights of \(layer ?? "all its layers"), a sparsity of "
        + "\(Double(count - kept) / Double(max(1, count))), and allocation \(allocation) lets \(asked) survive: ask for that "
        + "sparsity at one stroke, under an allocation that takes the same share of every layer, or for a pattern with "
        + "1 − keep / of as its sparsity"
    case .patternAllocation(let granularity, let allocation):
      "granularity \(granularity) keeps the same share of every layer, and allocation \(allocation) gives each layer its "
        + "own: use global, layer-wise or row-wise"
    case .patternTotal(let granularity):
      "granularity \(granularity) keeps the same share of every layer, so that masks of the same total have the same counts in "
        + "every layer too: set control=random-mask"
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
    case .floorOfUnits(let granularity, let allocation):
      "the floor of allocation \(allocation) holds single weights, and granularity \(granularity) prunes whole units: use "
        + "granularity weight, or allocation global with a floor"
    case .unfit(let reason, let criterion): "criterion \(criterion) cannot be used here: \(reason)"
    case .solverScores(let criterion):
      "criterion \(criterion) solves whole layers and gives no scores to single weights"
    case .solverUnits(let criterion, let granularity):
      "criterion \(criterion) solves whole layers weight by weight, and granularity \(granularity) prunes larger units: "
        + "use granularity weight"
    case .solverPattern(let criterion, let granularity):
      "criterion \(criterion) chooses weights wherever they are in a layer, and granularity \(granularity) keeps so many of "
        + "every group: use granularity weight, or a criterion that keeps a pattern and moves survivors, such as sparse-gpt or "
        + "wood-fisher"
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

/// How the input channels of a weight can be grouped.
private func groupsOf(_ shape: Shape) -> String {
  guard shape.rank >= 2 else { return "has none: prune it by weight" }
  let channels = shape[1]
  let sizes = (2...64).filter { $0 <= channels && channels.isMultiple(of: $0) }
  return sizes.isEmpty
    ? "has \(channels), which no group divides: use another granularity"
    : "has \(channels): group \(sizes.map(String.init).joined(separator: ", ")) of them"
}

/// Who reads: a criterion by its name, or what stands there already.
private func reader(_ name: String) -> String { name.contains(" ") ? name : "criterion \(name)" }

private func hint(_ nearest: String?) -> String { nearest.map { "; did you mean \($0)?" } ?? "" }

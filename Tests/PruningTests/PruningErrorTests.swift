import CoppiceAutodiff
import CoppicePruning
import CoppiceTerms
import Testing

/// The texts that users read.
@Suite struct PruningErrorTests {
  private func expect(_ error: PruningError, _ text: String) { #expect(error.description == text) }

  @Test func ofRatiosAndRates() {
    expect(
      .ratioOutOfRange(90),
      "a pruning ratio of 90.0 is outside 0 ≤ ratio < 1: it is the fraction of weights to remove, 0.9 "
        + "for 90 %")
    expect(
      .ratioMissing(schedule: "one-shot"),
      "schedule one-shot needs a pruning ratio: give the trial a sparsity between 0 and 1")
    expect(
      .ratioNotTaken(0.5, schedule: "lottery-ticket"),
      "schedule lottery-ticket sets its own sparsities, so a pruning ratio of 0.5 has no meaning: "
        + "leave it out, or use one-shot or iterative")
    expect(
      .rateOutOfRange(20, of: "pruning in a round"),
      "a rate of 20.0 for pruning in a round is outside 0 < rate < 1: it is the fraction of survivors "
        + "to remove, 0.2 for 20 %")
    expect(
      .relativeRateOutOfRange(-1, of: "fc1"),
      "a relative rate of -1.0 for fc1 is not a number of 0 or more: 1 prunes at the schedule's rate, "
        + "0.5 at half of it")
    expect(
      .roundsOutOfRange(0),
      "a schedule of 0 rounds is out of range: it has 1…1000")
    expect(
      .noSuchRound(3, of: 2),
      "there is no round 3 in a schedule of 2: rounds are counted from 1")
  }

  @Test func ofNames() {
    expect(
      .unknownLayer(
        "cf2", place: "the rates of layer-wise", nearest: "fc2", known: ["fc1.weight", "fc2.weight"]),
      "no prunable layer is called cf2, which stands in the rates of layer-wise; did you mean fc2?; "
        + "there are fc1.weight, fc2.weight")
    expect(
      .nothingToPrune(ignoring: []),
      "nothing can be pruned: the model has no prunable weight")
  }

  @Test func ofAllocations() {
    expect(
      .nothingToPrune(ignoring: ["fc1", "fc2"]),
      "nothing can be pruned: every prunable layer is ignored by fc1, fc2")
    expect(
      .unreachable(sparsity: 0.6, most: 0.5, "layer-wise"),
      "layer-wise cannot reach a sparsity of 0.6: layers at rate 0 hold too many weights, at most 0.5 "
        + "can be removed")
    expect(
      .quotaCount(1, layers: 3, allocation: "mine"),
      "allocation mine answered for 1 layers where there are 3: return one number a layer, in the "
        + "order given")
  }

  @Test func ofCriteria() {
    expect(
      .quotaOutOfRange(11, survivors: 10, layer: "fc1.weight", allocation: "mine"),
      "allocation mine lets 11 of the 10 surviving weights of fc1.weight survive: masks only shrink, "
        + "return 0…10")
    expect(
      .undeclaredNeed(.gradients, criterion: "sly"),
      "criterion sly reads gradients without declaring it: write needs: .gradients in its definition, "
        + "because results are kept by what they depend on")
    expect(
      .unavailable(.initialWeights, criterion: "movement"),
      "criterion movement needs initial weights, and none were given to the scoring context")
    expect(
      .missingParameter("fc1.weight", in: "gradients"),
      "there is no fc1.weight among the gradients, but it is prunable")
    expect(
      .scoreShape([3], of: "fc1.weight", shape: [2, 2], criterion: "flat"),
      "criterion flat scores fc1.weight in shape [3] where the weight has shape [2, 2]")
    expect(
      .evidenceShape([3], of: "fc1.weight", shape: [2, 2], evidence: "gradients"),
      "the evidence gradients of fc1.weight has shape [3] where the weight has shape [2, 2]")
    expect(
      .maskShape([3], of: "fc1.weight", shape: [2, 2]),
      "the mask of fc1.weight has shape [3] where the weight has shape [2, 2]")
  }

  @Test func ofEvidence() {
    expect(
      .evidenceName("fc1", isRepeated: false, evidence: "mine"),
      "evidence mine speaks of fc1, which is no trained parameter: use the parameters' names")
    expect(
      .evidenceName("fc1.weight", isRepeated: true, evidence: "mine"),
      "evidence mine speaks of fc1.weight twice: add what belongs to one parameter")
    expect(
      .evidencePart(0, evidence: "mine"),
      "evidence mine has no part to combine: give it at least one example")
    expect(
      .evidencePart(2, evidence: "mine"),
      "part 2 of evidence mine is not named and shaped like those before it: names and shapes must not depend on the data"
    )
  }

  @Test func ofUnits() {
    expect(
      .unitSlice(AxisSlice("fc1.weight", axis: 0, [9]), shape: [2, 2], granularity: "mine"),
      "granularity mine makes a unit of places [9] along axis 0 of fc1.weight, which has shape [2, 2]: places are counted "
        + "from 0, ascending")
    expect(
      .unitWithoutWeights([AxisSlice("fc1.bias", axis: 0, [1])], granularity: "mine"),
      "granularity mine makes a unit without a prunable weight, of fc1.bias: at least one slice must be of a prunable weight"
    )
    expect(
      .unitWithoutWeights([], granularity: "mine"),
      "granularity mine makes a unit without a prunable weight, of nothing: at least one slice must be of a prunable weight"
    )
    expect(
      .noUnits(granularity: "head"),
      "granularity head finds nothing to prune: the network has no such units, or every one reaches into a layer that the "
        + "allocation ignores")
    expect(
      .rowsOfUnits(granularity: "neuron", allocation: "row-wise"),
      "allocation row-wise compares the weights of one row, and granularity neuron prunes whole units: use granularity "
        + "weight, or an allocation of whole layers")
  }

  @Test func ofSurvivorsThatMove() {
    expect(
      .solverScores(criterion: "solver"),
      "criterion solver solves whole layers and gives no scores to single weights")
    expect(
      .solverUnits(criterion: "solver", granularity: "neuron"),
      "criterion solver solves whole layers weight by weight, and granularity neuron prunes larger units: use granularity "
        + "weight")
    expect(
      .solverPattern(criterion: "solver", granularity: "n-of-m"),
      "criterion solver chooses weights wherever they are in a layer, and granularity n-of-m keeps so many of every group: use "
        + "granularity weight, or a criterion that keeps a pattern and moves survivors, such as sparse-gpt or wood-fisher"
    )
    expect(
      .solverQuota(criterion: "solver", allocation: "global"),
      "criterion solver solves one layer at a time, and allocation global lets layers compete: use one that says how much "
        + "each layer gives, such as layer-wise")
    expect(
      .solvedCount(3, wanted: 4, of: "fc1.weight", criterion: "solver"),
      "criterion solver kept 3 weights of fc1.weight where 4 were to survive")
    expect(
      .notPositiveDefinite("fc1.weight", criterion: "surgeon"),
      "criterion surgeon finds a matrix of fc1.weight that is not positive definite: give it more damping or more batches, "
        + "and look for a diverged training")
    expect(
      .movedUnknown("fc9", criterion: "surgeon"),
      "criterion surgeon gives a weight for fc9, which is no parameter")
    expect(
      .movedShape([3], of: "fc1.weight", shape: [2, 2], criterion: "surgeon"),
      "criterion surgeon gives fc1.weight shape [3] where the weight has shape [2, 2]")
    expect(
      .movedNotFinite(.infinity, of: "fc1.weight", index: 7, criterion: "surgeon"),
      "criterion surgeon moves element 7 of fc1.weight to inf: weights must be finite; look for a matrix that has no inverse"
    )
    expect(
      .movedPruned(0.5, of: "fc1.weight", index: 7, criterion: "surgeon"),
      "criterion surgeon gives element 7 of fc1.weight the value 0.5, but it is pruned: give pruned weights 0"
    )
  }

  @Test func ofMasksAndRetraining() {
    expect(
      .scoreNotFinite(.nan, of: "fc1.weight", index: 7, criterion: "lost"),
      "criterion lost scores element 7 of fc1.weight as nan: scores must be finite; look for a "
        + "diverged training or a division by zero")
    expect(
      .unevenUnits(3, of: "fc1.weight", shape: [2, 2], granularity: "three"),
      "granularity three makes units of 3 elements, which do not divide fc1.weight of shape [2, 2]")
    expect(
      .maskGrew("fc1.weight"),
      "a pruned weight of fc1.weight came back: masks only shrink across rounds")
    expect(
      .rewindPastEnd(.epochs(60), step: 6000, total: 5000),
      "a rewind to 60ep is step 6000, and the dense training ends after 5000: rewind to an earlier "
        + "step")
    expect(.budget(.unreadable("five")), BudgetError.unreadable("five").description)
  }
}

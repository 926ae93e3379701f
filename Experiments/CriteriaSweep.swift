import Coppice

extension SweepStep {
  /// Every shipped criterion that the network at hand allows, each where its paper has it, and magnitude and chance beside them:
  /// single weights over all layers or within layers or rows, and whole units. One cut, with and without training afterwards. CHITA is not
  /// among them: it keeps the gradients of every example, and a layer of 400,000 weights is too large for that.
  ///
  /// - Parameters:
  ///   - compressions: how many times fewer weights are left.
  ///   - units: further criteria for whole units.
  ///   - output: the layer that keeps its units, for they are classes.
  ///   - budget: the training afterwards.
  @SweepBuilder static func everyCriterion(
    compressions: [Double], units: [Criterion] = [], output: String, training budget: Budget
  ) -> SweepStep {
    let weights: [Criterion] = [
      .magnitude, .random, .lamp, .smallFinal, .largeInit, .smallInit, .largeInitLargeFinal,
      .smallInitSmallFinal, .magnitudeIncrease, .movement, .largeFinalSameSign, .largeFinalDiffSign,
      .magnitudeIncreaseSameSign,
      .gradientMagnitude, .taylor, .taylorSquared, .snip, .grasp, .synflow(rounds: 100), .fisher,
      .optimalBrainDamage, .woodFisher(),
    ]
    let whole: [Criterion] = [
      .magnitude, .random, .geometricMedian, .taylorGate, .taylorActivation, .meanActivation, .apoz,
      .deadNeurons, .relevance(),
    ]
    let families: [(Granularity, Allocation, [Criterion])] = [
      (.weight, .global, weights),
      (.weight, .layerWise, [.magnitude, .random, .sparseGPT()]),
      (.weight, .rowWise, [.magnitude, .wanda]),
      (.filter, .layerWise(ignoring: [output]), whole + units),
    ]
    for (granularity, allocation, criteria) in families {
      Fix(\.granularity, granularity)
      Fix(\.allocation, allocation)
      Axis(\.criterion, criteria)
    }
    Axis(\.sparsity, compressions.map { 1 - 1 / $0 })
    Axis(\.retraining, [.none, .fineTune(budget)])
    Axis(\.seed, 0..<3)
  }
}

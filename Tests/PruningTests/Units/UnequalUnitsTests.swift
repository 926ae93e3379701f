import CoppicePruning
import CoppiceTensors
import Testing

/// Units of unequal size in one pool: the filters and neurons of LeNet-5 have 25 to 800 weights.
@Suite struct UnequalUnitsTests {
  /// LeNet-5 as it is initialised: uniform within ±1/√(inputs of a unit).
  private func context(seed: UInt64) -> ScoringContext {
    var generator = Generator(state: 17 &+ seed)
    let weights = ParameterSet(
      Networks.lenet5.map { layer in
        let bound = 1 / Float(layer.count / layer.shape[0]).squareRoot()
        return (layer.name, Tensor(layer.shape, (0..<layer.count).map { _ in bound * generator.float() }))
      })
    return ScoringContext(weights: weights, masks: Networks.masks(Networks.lenet5), seed: seed)
  }

  private func report(
    _ criterion: Criterion, _ granularity: Granularity, _ context: ScoringContext, _ sparsity: Double
  ) throws -> PruningReport {
    try Pruner(criterion: criterion, granularity: granularity).prune(context, to: .sparsity(sparsity)).report
  }

  @Test(arguments: [(0.3, 8), (0.5, 20), (0.9, 8)])
  func randomTakesOfEveryLayerItsShare(sparsity: Double, seeds: Int) throws {
    let weights = context(seed: 0)
    var sums = [Double](repeating: 0, count: 4)
    for seed in 0..<UInt64(seeds) {
      let context = ScoringContext(weights: weights.weights, masks: weights.masks, seed: seed)
      let report = try report(.random, .filter, context, sparsity)
      #expect(abs(report.sparsity - sparsity) * 430_500 <= 400.5, "half of the largest unit")
      for (index, layer) in report.layers.enumerated() {
        // A share of n units drawn: four standard deviations and half a unit.
        let units = Double(Networks.lenet5[index].shape[0])
        let deviation = (sparsity * (1 - sparsity) / units).squareRoot()
        #expect(abs(layer.sparsity - sparsity) <= 4 * deviation + 0.5 / units, "\(layer.name), seed \(seed)")
        sums[index] += layer.sparsity
      }
      if sparsity <= 0.5 { #expect(report.emptiedLayers == [], "seed \(seed)") }
    }
    for (index, sum) in sums.enumerated() {
      let draws = Double(Networks.lenet5[index].shape[0] * seeds)
      let deviation = (sparsity * (1 - sparsity) / draws).squareRoot()
      #expect(abs(sum / Double(seeds) - sparsity) <= 4 * deviation + 0.02, "\(Networks.lenet5[index].name)")
    }
  }

  @Test func aDrawIsTheSameInEveryRound() throws {
    let context = context(seed: 3)
    let pruner = Pruner(criterion: .random, granularity: .filter)
    let once = try pruner.prune(context, to: .sparsity(0.9)).masks
    let half = try pruner.prune(context, to: .sparsity(0.5)).masks
    #expect(once.isSubset(of: half))
    let rest = ScoringContext(weights: half.applied(to: context.weights), masks: half, seed: 3)
    #expect(try pruner.prune(rest, to: .sparsity(0.9)).masks == once)
    // A granularity that divides by the norm of a layer's scores takes no larger share of large layers.
    let normalised = Pruner(criterion: .random, granularity: .neuron(normalised: true))
    #expect(try normalised.prune(context, to: .sparsity(0.5)).masks == half)
  }

  @Test func meansCompareUnitsAndSumsTheirSizes() throws {
    for seed in UInt64(0)..<3 {
      let context = context(seed: seed)
      #expect(try report(.magnitude, .filter, context, 0.5).emptiedLayers == [])
      // By sums the small units of the first convolution all go before those of the other layers.
      let sums = try report(.magnitude, .neuron(aggregate: .sum), context, 0.5)
      #expect(sums.emptiedLayers.contains("conv1.weight"))
    }
  }
}

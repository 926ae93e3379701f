import CoppiceAutodiff
import CoppicePruning
import CoppiceTensors
import Testing

/// Prunings to a cost: what goes in the order of scores, and where it stops.
@Suite struct CostSearchTests {
  private let layers = [PrunableLayer(name: "a", shape: [40]), PrunableLayer(name: "b", shape: [60])]
  private let costs = ["a": 5.0, "b": 2]

  /// Scores that mix both layers.
  private var context: ScoringContext {
    var random = RandomStream(seed: 2, stream: .generation)
    return ScoringContext(
      weights: ParameterSet(
        layers.map { ($0.name, Tensor($0.shape, (0..<$0.count).map { _ in random.uniform() + 0.01 })) }),
      masks: Networks.masks(layers))
  }

  private func cost(_ masks: MaskSet) -> Double {
    masks.reduce(100) { $0 + Double($1.mask.keptCount) * (costs[$1.name] ?? 0) }
  }

  @Test(arguments: [1, 0.9, 0.713, 0.5, 0.31], [false, true])
  func weightsGoUntilTheCostIsNearest(share: Double, isCeiling: Bool) throws {
    let (context, whole) = (context, 420.0)
    let aim = CostAim(whole * share, isCeiling: isCeiling) { cost($0) }
    let found = cost(try Pruner(criterion: .magnitude).prune(context, to: aim).masks)
    // Every prefix of the order of scores.
    let order = layers.flatMap { layer in
      (context.weights[layer.name]?.scalars ?? []).map { (score: $0, cost: costs[layer.name] ?? 0) }
    }.sorted { $0.score < $1.score }
    let prefixes = order.reduce(into: [whole]) { $0.append(($0.last ?? 0) - $1.cost) }
    let allowed = isCeiling ? prefixes.filter { $0 <= aim.cost } : prefixes
    let nearest = allowed.map { abs($0 - aim.cost) }.min()
    #expect(abs(found - aim.cost) == nearest)
    #expect(!isCeiling || found <= aim.cost)
  }

  @Test func layersEachGiveTheirShare() throws {
    let aim = CostAim(220) { cost($0) }
    let pruning = try Pruner(criterion: .magnitude, allocation: .layerWise).prune(context, to: aim)
    // 320 · s = 200 of both: s = 5/8, which is 25 of a and 37.5 of b.
    #expect(abs(cost(pruning.masks) - 220) <= 1)
    #expect(pruning.report.layers.map(\.kept)[0] == 15 && [22, 23].contains(pruning.report.layers[1].kept))
    // A floor that lets nothing come so low.
    let held = Pruner(criterion: .magnitude, allocation: .layerWise(floor: .density(0.9)))
    #expect(throws: PruningError.costUnreachable(220, least: 388)) { try held.prune(context, to: aim) }
  }

  @Test func aCriterionWithRoundsComesToTheSameCost() throws {
    let context = Networks.context()
    let whole = Double(context.masks.keptCount)
    for criterion in [Criterion.synflow(rounds: 3), .magnitude, .taylor] {
      let aim = CostAim(0.4 * whole) { Double($0.counted.keptCount) }
      let masks = try Pruner(criterion: criterion).prune(
        context, to: aim, measuring: { evidence, weights, _ in weights.mapValues { $0 } }
      ).masks
      #expect(abs(Double(masks.keptCount) - aim.cost) <= 0.5, "\(criterion)")
    }
  }

  @Test func aPatternIsRefused() {
    #expect(throws: PruningError.self) {
      try Pruner(criterion: .magnitude, granularity: .nOfM(keep: 2, of: 4)).prune(
        context, to: CostAim(200) { cost($0) })
    }
  }
}

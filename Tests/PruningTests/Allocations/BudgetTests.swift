import CoppicePruning
import CoppiceTensors
import Testing

@Suite struct BudgetTests {
  /// Every choice of one option a group within the budget: the least loss, and of equal ones the least cost.
  private func bruteForce(_ groups: [[Knapsack.Option]], _ budget: Double) -> (loss: Double, cost: Double)? {
    var best: (loss: Double, cost: Double)?
    func go(_ group: Int, _ cost: Double, _ loss: Double) {
      guard cost <= budget else { return }
      guard group < groups.count else {
        if best.map({ (loss, cost) < ($0.loss, $0.cost) }) ?? true { best = (loss, cost) }
        return
      }
      for option in groups[group] { go(group + 1, cost + option.cost, loss + option.loss) }
    }
    go(0, 0, 0)
    return best
  }

  @Test func theKnapsackIsExactOnSmallCases() throws {
    var random = RandomStream(seed: 3, stream: .generation)
    for round in 0..<200 {
      // Whole numbers, so that sums are the same in any order.
      let groups = (0..<(1 + round % 5)).map { _ in
        (0..<(1 + Int(random.integer(below: 6)))).map { _ in
          Knapsack.Option(
            cost: Double(random.integer(below: 40)), loss: Double(random.integer(below: 30)))
        }
      }
      let budget = Double(random.integer(below: 120))
      let expected = bruteForce(groups, budget)
      let found = Knapsack(groups: groups).solved(budget: budget)
      #expect((found == nil) == (expected == nil))
      guard let found, let expected else { continue }
      let chosen = zip(groups, found).map { $0[$1] }
      #expect(chosen.reduce(0) { $0 + $1.loss } == expected.loss)
      #expect(chosen.reduce(0) { $0 + $1.cost } == expected.cost)
    }
  }

  /// Beyond the choices that are kept it is near the best, and never above the budget.
  @Test func manyGroupsStayWithinTheBudget() throws {
    var random = RandomStream(seed: 5, stream: .generation)
    var groups: [[Knapsack.Option]] = []
    for _ in 0..<30 {
      var options: [Knapsack.Option] = []
      for level in 0..<14 {
        let cost = Double(1_000_003 * (14 - level)) + Double(random.integer(below: 999_983))
        let loss = Double(level * level) + Double(random.integer(below: 1_000)) / 1_000
        options.append(Knapsack.Option(cost: cost, loss: loss))
      }
      groups.append(options)
    }
    let whole = groups.reduce(0) { $0 + $1[0].cost }
    let chosen = zip(groups, try #require(Knapsack(groups: groups).solved(budget: whole / 2))).map { $0[$1] }
    let cost = chosen.reduce(0) { $0 + $1.cost }
    #expect(cost <= whole / 2 && cost > 0.49 * whole)
    // Equal shares are one of the choices: each group at level 7 loses 49.
    #expect(chosen.reduce(0) { $0 + $1.loss } < 30 * 50)
  }

  private let layers = [
    PrunableLayer(name: "a", shape: [10]), PrunableLayer(name: "b", shape: [30]),
    PrunableLayer(name: "c", shape: [20]),
  ]

  private func context(_ losses: [[Double]], levels: [Double]) -> ScoringContext {
    ScoringContext(
      weights: ParameterSet(
        layers.map { ($0.name, Tensor($0.shape, (0..<$0.count).map { Float($0 + 1) })) }),
      masks: Networks.masks(layers),
      sensitivity: LayerSensitivity(
        levels: levels, layers: zip(layers, losses).map { .init($0.name, losses: $1) }))
  }

  /// Numbers of survivors at which the levels themselves meet the target: no other numbers lose less.
  @Test func layersAreSharedOutAsBruteForceDoes() throws {
    let levels = [0, 0.2, 0.5, 0.8, 1]
    var random = RandomStream(seed: 11, stream: .generation)
    for _ in 0..<20 {
      let losses = layers.map { _ in
        levels.indices.reduce(into: [Double]()) { curve, _ in
          curve.append((curve.last ?? 0) + Double(random.integer(below: 100)))
        }
      }
      func loss(_ kept: [Int]) -> Double {
        zip(zip(layers, losses), kept).reduce(0) { sum, entry in
          let curve = LossCurve(levels: levels, losses: entry.0.1)
          return sum + curve.loss(at: 1 - Double(entry.1) / Double(entry.0.0.count)) - entry.0.1[0]
        }
      }
      let report = try Pruner(criterion: .magnitude, allocation: .budget).prune(
        context(losses, levels: levels), to: .sparsity(0.5)
      ).report
      #expect(report.keptCount == 30)
      var best = Double.infinity
      for a in levels {
        for b in levels {
          for c in levels {
            let kept = zip(layers, [a, b, c]).map { $0.count - Int(($1 * Double($0.count)).rounded()) }
            if kept.reduce(0, +) <= 30 { best = min(best, loss(kept)) }
          }
        }
      }
      // What is given back makes it better still.
      #expect(loss(report.layers.map(\.kept)) <= best + 1e-9)
    }
  }

  @Test func costsAreSharedOutAndNotWeights() throws {
    // A weight of a costs 7, of b 1, of c 2: 70, 30 and 40. Losses rise alike with the share of a layer.
    let levels = [0, 0.25, 0.5, 0.75, 1]
    let costs = ["a": 7.0, "b": 1, "c": 2]
    let context = context([[Double]](repeating: [0, 1, 2, 3, 4], count: 3), levels: levels)
    for share in [0.2, 0.35, 0.5, 0.7] {
      let aim = CostAim(140 * (1 - share), weightCosts: costs) { masks in
        masks.reduce(0) { $0 + Double($1.mask.keptCount) * (costs[$1.name] ?? 0) }
      }
      let masks = try Pruner(criterion: .magnitude, allocation: .budget).prune(context, to: aim).masks
      // Nearest to the aim: within half of the cheapest weight that could still be moved.
      #expect(abs(try aim.costUnder(masks) - aim.cost) <= 1)
      // What saves most for its loss goes first.
      let sparsities = ["a", "c", "b"].map { masks[$0].map { 1 - $0.density } ?? 0 }
      #expect(sparsities == sparsities.sorted(by: >))
    }
  }

  @Test func aFloorHolds() throws {
    let context = context([[0, 0, 0], [0, 5, 9], [0, 5, 9]], levels: [0, 0.5, 1])
    let free = try Pruner(criterion: .magnitude, allocation: .budget).prune(context, to: .sparsity(0.5))
    #expect(free.report.layers[0].kept == 0)
    let held = try Pruner(criterion: .magnitude, allocation: .budget(floor: .count(3))).prune(
      context, to: .sparsity(0.5))
    #expect(held.report.layers[0].kept == 3 && held.report.held == ["a"] && held.report.keptCount == 30)
  }

  @Test func itHasToBeMeasured() throws {
    let whole = Networks.context()
    let context = ScoringContext(weights: whole.weights, masks: whole.masks)
    #expect(throws: PruningError.unavailable(.sensitivity, criterion: "allocation budget")) {
      try Pruner(criterion: .magnitude, allocation: .budget).prune(context, to: .sparsity(0.5))
    }
  }
}

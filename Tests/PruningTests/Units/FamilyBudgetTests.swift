import CoppiceAutodiff
import CoppicePruning
import CoppiceTensors
import Testing

/// The budget of families of units whose costs are products: hidden units of a perceptron on both sides of a matrix.
@Suite struct FamilyBudgetTests {
  private let sizes = [6, 5]

  /// A perceptron of 4 inputs, 6 and 5 hidden units and 2 outputs.
  private var network: (weights: ParameterSet, masks: MaskSet, structure: NetworkStructure) {
    var random = RandomStream(seed: 4, stream: .generation)
    let shapes: [(String, Shape)] = [
      ("fc1.weight", [6, 4]), ("fc1.bias", [6]), ("fc2.weight", [5, 6]), ("fc2.bias", [5]),
      ("fc3.weight", [2, 5]),
    ]
    let weights = ParameterSet(
      shapes.map { ($0, Tensor($1, (0..<$1.count).map { _ in random.uniform() })) })
    func group(_ layer: Int, _ unit: Int) -> AxisGroup {
      AxisGroup([
        AxisSlice("fc\(layer).weight", axis: 0, [unit]), AxisSlice("fc\(layer).bias", axis: 0, [unit]),
        AxisSlice("fc\(layer + 1).weight", axis: 1, [unit]),
      ])
    }
    return (
      weights,
      MaskSet(
        weights.filter { $0.name.hasSuffix("weight") }.map { ($0.name, Mask(keepingAll: $0.tensor.shape)) }),
      NetworkStructure(groups: (0..<6).map { group(1, $0) } + (0..<5).map { group(2, $0) })
    )
  }

  /// Hidden units that are left, and the parameters of the smaller network.
  private func counts(_ masks: MaskSet) -> [Int] {
    zip(1...2, sizes).map { masks["fc\($0).bias"]?.keptCount ?? $1 }
  }
  private func cost(_ a: Int, _ b: Int) -> Double { Double(5 * a + a * b + b + 2 * b) }

  private func pruned(
    _ losses: [[Double]], to aim: Double, isCeiling: Bool = false, coupling: Coupling = Coupling()
  ) throws -> [Int] {
    let network = network
    let context = ScoringContext(
      weights: network.weights, masks: network.masks,
      sensitivity: LayerSensitivity(
        levels: [0, 0.25, 0.5, 0.75, 1],
        layers: losses.enumerated().map { .init(LayerSensitivity.family($0), losses: $1) }))
    let pruner = Pruner(
      criterion: .magnitude, granularity: .hiddenUnit(coupling: coupling), allocation: .budget)
    let masks = try pruner.prune(
      context, structure: network.structure,
      to: CostAim(aim, isCeiling: isCeiling) { masks in
        let counts = self.counts(masks)
        return self.cost(counts[0], counts[1])
      }
    ).masks
    return counts(masks)
  }

  @Test(arguments: [[0, 1, 2, 3, 4], [0, 0, 0, 0, 9], [0, 3, 3, 3, 3]] as [[Double]])
  func theCostIsMetToHalfAUnit(first: [Double]) throws {
    for aim in stride(from: 12.0, through: 75, by: 3) {
      let kept = try pruned([first, [0, 1, 2, 3, 4]], to: aim)
      let found = cost(kept[0], kept[1])
      for (da, db) in [(1, 0), (0, 1), (-1, 0), (0, -1)] {
        let (a, b) = (kept[0] + da, kept[1] + db)
        guard (1...6).contains(a), (1...5).contains(b) else { continue }
        // No neighbour that lies on the other side of the aim is nearer.
        if (cost(a, b) - aim) * (found - aim) <= 0 {
          #expect(abs(found - aim) <= abs(cost(a, b) - found), "\(kept) at \(aim)")
        }
      }
      #expect(cost(kept[0], kept[1]) <= 75)
      let under = try pruned([first, [0, 1, 2, 3, 4]], to: aim, isCeiling: true)
      #expect(cost(under[0], under[1]) <= aim)
      // No further unit could stay.
      #expect(under[0] == 6 || cost(under[0] + 1, under[1]) > aim)
      #expect(under[1] == 5 || cost(under[0], under[1] + 1) > aim)
    }
  }

  @Test func theFamilyThatLosesLessGives() throws {
    let (flat, steep): ([Double], [Double]) = ([0, 0.1, 0.2, 0.3, 0.4], [0, 5, 10, 15, 20])
    let first = try pruned([flat, steep], to: 45, isCeiling: true)
    let second = try pruned([steep, flat], to: 45, isCeiling: true)
    #expect(first == [3, 5] && second == [6, 1])
    // No choice of so many units within the aim loses less.
    func loss(_ curve: [Double], _ kept: Int, _ size: Int) -> Double {
      curve[4] * (1 - Double(kept) / Double(size))
    }
    for (curves, kept) in [([flat, steep], first), ([steep, flat], second)] {
      let found = loss(curves[0], kept[0], 6) + loss(curves[1], kept[1], 5)
      for a in 1...6 {
        for b in 1...5 where cost(a, b) <= 45 {
          #expect(found <= loss(curves[0], a, 6) + loss(curves[1], b, 5) + 1e-9)
        }
      }
    }
  }

  @Test func multiplesAndFloorsHold() throws {
    let even: [Double] = [0, 1, 2, 3, 4]
    for aim in [30.0, 45, 60] {
      let kept = try pruned([even, even], to: aim, isCeiling: true, coupling: Coupling(multiple: 2))
      #expect([2, 4, 6].contains(kept[0]) && [2, 4, 5].contains(kept[1]) && cost(kept[0], kept[1]) <= aim)
    }
    #expect(throws: PruningError.costUnreachable(20, least: cost(3, 3))) {
      try pruned([even, even], to: 20, coupling: Coupling(floor: 3))
    }
  }

  @Test func underATargetOfWeightsTheirNumberIsMet() throws {
    let network = network
    let even: [Double] = [0, 1, 2, 3, 4]
    let context = ScoringContext(
      weights: network.weights, masks: network.masks,
      sensitivity: LayerSensitivity(
        levels: [0, 0.25, 0.5, 0.75, 1],
        layers: (0..<2).map { .init(LayerSensitivity.family($0), losses: even) }))
    let pruning = try Pruner(criterion: .magnitude, granularity: .hiddenUnit, allocation: .budget).prune(
      context, structure: network.structure, to: .sparsity(0.5))
    // 64 weights; a unit has at most 11.
    #expect(abs(pruning.report.keptCount - 32) <= 5)
  }
}

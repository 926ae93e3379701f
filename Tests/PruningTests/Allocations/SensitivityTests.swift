import CoppicePruning
import CoppiceTensors
import Testing

@Suite struct SensitivityTests {
  private let layers = [PrunableLayer(name: "a", shape: [100]), PrunableLayer(name: "b", shape: [300])]

  private func kept(
    _ losses: [[Double]], levels: [Double] = [0, 0.5, 1], sparsity: Double, floor: Allocation.Floor = .none
  ) throws -> Pruning {
    let weights = ParameterSet(
      layers.map { ($0.name, Tensor($0.shape, (0..<$0.count).map { Float($0 + 1) })) })
    let context = ScoringContext(
      weights: weights, masks: Networks.masks(layers),
      sensitivity: LayerSensitivity(
        levels: levels, layers: zip(layers, losses).map { .init($0.name, losses: $1) }))
    return try Pruner(criterion: .magnitude, allocation: .sensitivity(floor: floor)).prune(
      context, to: .sparsity(sparsity))
  }

  @Test func layersStopAtOneLoss() throws {
    // Straight lines: a rises by 4 and b by 1 for all its weights. At loss τ a is τ/4 and b τ sparse.
    let straight: [[Double]] = [[0, 2, 4], [0, 0.5, 1]]
    for sparsity in [0.1, 0.25, 0.5, 0.8] {
      let report = try kept(straight, sparsity: sparsity).report
      // τ/4 · 100 + min(1, τ) · 300 = 400 · s
      let loss = 400 * sparsity <= 325 ? 400 * sparsity / 325 : (400 * sparsity - 300) / 25
      let expected = [100 - 25 * loss, 300 - 300 * min(1, loss)]
      for (layer, count) in zip(report.layers, expected) {
        #expect(abs(Double(layer.kept) - count) < 1, "\(layer.name) at \(sparsity)")
      }
      #expect(report.keptCount == 400 - Int(400 * sparsity))
    }
  }

  @Test func equalCurvesGiveEqualShares() throws {
    let curve = [2.3, 2.4, 5]
    #expect(try kept([curve, curve], sparsity: 0.6).report.layers.map(\.kept) == [40, 120])
    // Flat curves, falling ones and such as diverge as well.
    for curve in [[1, 1, 1], [1, 0.5, 0.2], [1, 1, .nan], [1, .infinity, .nan]] {
      let report = try kept([curve, curve], sparsity: 0.4).report
      #expect(report.layers.map(\.kept) == [60, 180], "\(curve)")
    }
  }

  @Test func whatCostsNothingGoesFirst() throws {
    // b may lose half of its weights for nothing.
    let report = try kept([[0, 1, 2], [0, 0, 9]], sparsity: 0.375).report
    #expect(report.layers.map(\.kept) == [100, 150])
    // And a loses nothing before b's first half is gone.
    #expect(try kept([[0, 1, 2], [0, 0, 9]], sparsity: 0.2).report.layers.map(\.kept) == [100, 220])
  }

  @Test func aFloorHoldsALayerAndIsReported() throws {
    let straight = [[0.0, 2, 4], [0, 0.5, 1]]
    let free = try kept(straight, sparsity: 0.8).report
    #expect(free.layers.map(\.kept) == [75, 5] && free.held.isEmpty)
    let held = try kept(straight, sparsity: 0.8, floor: .density(0.1)).report
    #expect(held.layers.map(\.kept) == [50, 30] && held.held == ["b"])
  }

  @Test func itHasToBeMeasured() throws {
    let whole = Networks.context()
    let context = ScoringContext(weights: whole.weights, masks: whole.masks)
    #expect(throws: PruningError.unavailable(.sensitivity, criterion: "allocation sensitivity")) {
      try Pruner(criterion: .magnitude, allocation: .sensitivity).prune(context, to: .sparsity(0.5))
    }
    #expect(Pruner(criterion: .taylor, allocation: .sensitivity).needs == [.gradients, .sensitivity])
  }
}

import CoppicePruning
import CoppiceTensors
import Testing

/// Against NumPy: Tests/Reference/allocations.py printed this table.
@Suite struct OwlTests {
  static let kept: [(sparsity: Double, multiple: Double, spread: Double, layers: [Double])] = [
    (0.5, 2, 0.08, [44.0959, 108.5862, 33.318]), (0.5, 1.5, 0.3, [63.871, 68.9032, 53.2258]),
    (0.8, 3, 0.15, [11.5385, 62.4615, 0.0]), (0.1, 2, 0.3, [72.0, 203.0, 60.0]),
    (0.95, 2, 0.2, [15.039, 0.0, 3.961]),
  ]

  @Test(arguments: kept)
  func layersKeepWhatNumPySays(sparsity: Double, multiple: Double, spread: Double, layers: [Double]) throws {
    let pruner = Pruner(criterion: .wanda, allocation: .owl(multiple: multiple, spread: spread))
    let report = try pruner.prune(Networks.context(), to: .sparsity(sparsity)).report
    for (layer, expected) in zip(report.layers, layers) {
      #expect(abs(Double(layer.kept) - expected) < 1, "\(layer.name)")
    }
    #expect(report.keptCount == 372 - Int((sparsity * 372).rounded(.toNearestOrAwayFromZero)))
  }

  @Test func withoutSpreadOrOutliersAllDensitiesAreEqual() throws {
    for allocation in [Allocation.owl(multiple: 5, spread: 0), .owl(multiple: 1000)] {
      let report = try Pruner(criterion: .wanda, allocation: allocation).prune(
        Networks.context(), to: .sparsity(0.5)
      ).report
      #expect(report.layers.map(\.kept) == [36, 120, 30])
    }
  }

  @Test func evidenceIsDeclaredAndParametersAreChecked() throws {
    #expect(Pruner(criterion: .magnitude, allocation: .owl).needs.evidence == [.inputSquares])
    #expect(Pruner(criterion: .wanda, allocation: .owl).needs.evidence == [.inputSquares])
    #expect(Pruner(criterion: .taylor, allocation: .owl).needs.evidence == [.gradients, .inputSquares])
    let whole = Networks.context()
    let bare = ScoringContext(weights: whole.weights, masks: whole.masks)
    #expect(throws: PruningError.unavailable(.evidence(.inputSquares), criterion: "allocation owl")) {
      try Pruner(criterion: .magnitude, allocation: .owl).prune(bare, to: .sparsity(0.5))
    }
    for (multiple, spread) in [(0, 0.1), (.nan, 0.1), (5, -0.1), (5, 0.6)] {
      #expect(throws: PruningError.self) {
        try Allocation.owl(multiple: multiple, spread: spread).quota(
          for: whole.masks.layers, target: .sparsity(0.5))
      }
    }
  }
}

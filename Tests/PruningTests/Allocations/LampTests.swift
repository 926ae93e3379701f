import CoppicePruning
import CoppiceTensors
import Testing

/// Against NumPy: Tests/Reference/allocations.py printed this table.
@Suite struct LampTests {
  static let kept: [(sparsity: Double, layers: [Int])] = [
    (0.3, [56, 157, 47]), (0.5, [46, 96, 44]), (0.8, [23, 29, 22]), (0.95, [6, 7, 6]), (0.99, [1, 2, 1]),
  ]

  @Test(arguments: kept)
  func layersKeepWhatNumPySays(sparsity: Double, layers: [Int]) throws {
    for criterion in [Criterion.magnitude, .random, .wanda] {
      let pruning = try Pruner(criterion: criterion, allocation: .lamp).prune(
        Networks.context(), to: .sparsity(sparsity))
      #expect(pruning.report.layers.map(\.kept) == layers)
      #expect(pruning.report.layers.map(\.requested) == layers.map(Optional.some))
    }
  }

  /// The weights that LAMP itself would keep: a brute-force sort of all scores.
  @Test func withMagnitudeItIsTheGlobalSelectionOfLampScores() throws {
    let context = Networks.context()
    var all: [(score: Double, layer: String, element: Int)] = []
    for name in context.masks.names {
      let squares = try #require(context.weights[name]).scalars.map { Double($0) * Double($0) }
      for element in squares.indices {
        let rest = squares.filter { $0 >= squares[element] }.reduce(0, +)
        all.append((squares[element] / rest, name, element))
      }
    }
    all.sort { $0.score > $1.score }
    let masks = try Pruner(criterion: .magnitude, allocation: .lamp).prune(context, to: .sparsity(0.7)).masks
    for (rank, entry) in all.enumerated() {
      #expect(masks[entry.layer]?.bytes[entry.element] == (rank < masks.keptCount ? 1 : 0))
    }
  }

  @Test func everyLayerKeepsOneAndZerosCountLast() throws {
    let weights = ParameterSet([
      ("a", Tensor([4], [1e-9, 2e-9, 3e-9, 4e-9])), ("b", Tensor([4], [5, 6, 7, 8])),
      ("c", Tensor([2], [0, 0])),
    ])
    let context = ScoringContext(
      weights: weights, masks: MaskSet(weights.map { ($0.name, Mask(keepingAll: $0.tensor.shape)) }))
    func kept(_ sparsity: Double) throws -> [Int] {
      try Pruner(criterion: .magnitude, allocation: .lamp).prune(context, to: .sparsity(sparsity)).report
        .layers
        .map(\.kept)
    }
    // The largest of a and of b score 1; of equal scores those of the first layer stay.
    #expect(try kept(0.9) == [1, 0, 0])
    #expect(try kept(0.8) == [1, 1, 0])
    #expect(try kept(0.2) == [4, 4, 0])
    #expect(try kept(0) == [4, 4, 2])
  }
}

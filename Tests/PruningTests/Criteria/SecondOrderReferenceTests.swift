import CoppicePruning
import CoppiceTensors
import Testing

/// Criteria of second order and of activations against PyTorch's numbers on the same weights and examples:
/// Tests/Reference/second_order.py.
@Suite struct SecondOrderReferenceTests {
  let fixture: SecondOrderFixture
  let network: TracedNetwork
  init() throws {
    fixture = try #require(SecondOrderFixture.shared)
    network = try #require(CriteriaFixture.shared).network
  }

  private static let surgeon = Criterion.woodFisher(block: 10, damping: 0.01)
  private static let jointSurgeon = Criterion.woodFisher(block: 10, damping: 0.01, update: .joint)

  private func context(_ criterion: Criterion) throws -> ScoringContext {
    ScoringContext(
      weights: network.weights, masks: network.masks, seed: 1,
      evidence: try criterion.needs.evidence.map { ($0, try network.measure($0)) })
  }

  private func expect(
    _ values: ParameterSet, are expected: [CriteriaFixture.Array]?, within tolerance: Double, _ what: String
  ) throws {
    for array in try #require(expected) {
      let found = try #require(values[array.name ?? ""])
      #expect(found.shape.axes == array.shape)
      let scale = array.scalars.map(abs).max() ?? 0
      #expect(scale > 0)
      for (a, b) in zip(found.scalars, array.scalars) {
        #expect(abs(Double(a) - b) <= tolerance * scale, "\(what) of \(array.name ?? ""): \(a), not \(b)")
      }
    }
  }

  @Test(arguments: [
    Criterion.optimalBrainDamage, surgeon, .meanActivation, .apoz, .deadNeurons,
  ])
  func scoresArePyTorchs(criterion: Criterion) throws {
    try expect(
      try criterion.scores(in: try context(criterion)), are: fixture.scores[criterion.name], within: 5e-5,
      criterion.name)
  }

  @Test(arguments: [(surgeon, "wood-fisher"), (jointSurgeon, "wood-fisher-joint")])
  func survivorsMoveAsPyTorchs(criterion: Criterion, name: String) throws {
    let expected = try #require(fixture.moved[name])
    let gone = expected.reduce(0) { $0 + $1.scalars.count { $0 == 0 } }
    let pruning = try Pruner(criterion: criterion).prune(
      try context(criterion), to: .sparsity(Double(gone) / 408))
    #expect(pruning.report.keptCount == 408 - gone)
    try expect(try #require(pruning.weights), are: expected, within: 5e-5, name)
  }

  @Test func columnsAreThoseOfTheAuthors() throws {
    let criterion = Criterion.sparseGPT(block: 16, damping: 0.01)
    let pruning = try Pruner(criterion: criterion, allocation: .layerWise).prune(
      try context(criterion), to: .sparsity(0.5))
    let expected = try #require(fixture.moved["sparse-gpt"])
    for array in expected {
      let bytes = try #require(pruning.masks[array.name ?? ""]).bytes
      #expect(zip(bytes, array.scalars).allSatisfy { ($0 == 0) == ($1 == 0) })
    }
    try expect(try #require(pruning.weights), are: expected, within: 5e-5, "sparse-gpt")
  }

  /// With inputs of one norm Wanda is magnitude, row by row.
  @Test func wandaIsMagnitudeWhereInputsAreAlike() throws {
    let whole = Networks.context()
    let context = ScoringContext(
      weights: whole.weights, masks: whole.masks, seed: 7,
      evidence: [(.inputSquares, whole.weights.mapValues { Tensor(repeating: 9, $0.shape) })])
    let wanda = try Pruner(criterion: .wanda, allocation: .rowWise).prune(context, to: .sparsity(0.4))
    let magnitude = try Pruner(criterion: .magnitude, allocation: .rowWise).prune(context, to: .sparsity(0.4))
    #expect(wanda.masks == magnitude.masks)
  }

  @Test(arguments: [Criterion.meanActivation, .apoz, .deadNeurons, .relevance()])
  func activationsScoreNeuronsAlone(criterion: Criterion) throws {
    let masks = Networks.context().masks
    func check(_ granularity: Granularity) throws {
      try Pruner(criterion: criterion, granularity: granularity, allocation: .layerWise)
        .checkCompatibility(with: masks.layers, structure: Networks.structure)
    }
    #expect(throws: Never.self) { try check(.neuron) }
    for granularity in [Granularity.weight, .head] {
      let reason =
        "it gives one score to a whole neuron or filter, and granularity \(granularity.name) has other units; use neuron"
      #expect(throws: PruningError.unfit(reason, criterion: criterion.name)) { try check(granularity) }
    }
  }

  @Test func largeLayersAreRefused() throws {
    func check(_ criterion: Criterion, _ shape: Shape) throws {
      try Pruner(criterion: criterion, allocation: .layerWise)
        .checkCompatibility(with: MaskSet([("fc.weight", Mask(keepingAll: shape))]).layers)
    }
    #expect(throws: Never.self) { try check(.sparseGPT(), [2, 64, 8, 8]) }
    #expect {
      try check(.sparseGPT(), [2, 4097])
    } throws: { "\($0)".contains("fc.weight has rows of 4097 weights") }
    #expect(throws: Never.self) { try check(.chita(), [300, 784]) }
    #expect { try check(.chita(), [512, 513]) } throws: { "\($0)".contains("fc.weight has 262656 weights") }
  }

  /// One score a unit: a dead filter goes first, with its bias, however large its weights are.
  @Test(arguments: [Criterion.meanActivation, .apoz, .deadNeurons])
  func deadUnitsGoFirst(criterion: Criterion) throws {
    let whole = Networks.context()
    var weights = whole.weights
    for index in 18..<36 { weights["conv.weight"]?.scalars[index] = 100 }
    let evidence = criterion.needs.evidence[0]
    var found = try whole.evidence(evidence)
    found["conv.weight"] = Tensor([4], [0.5, 0, 0.25, 0.125])
    let context = ScoringContext(
      weights: weights, masks: whole.masks, seed: 7, evidence: [(evidence, found)])
    let pruning = try Pruner(criterion: criterion, granularity: .neuron, allocation: .layerWise).prune(
      context, structure: Networks.structure, to: .sparsity(0.25))
    let bytes = try #require(pruning.masks["conv.weight"]).bytes
    #expect(bytes.indices.filter { bytes[$0] == 0 } == Array(18..<36))
    #expect(pruning.masks["conv.bias"]?.bytes == [1, 0, 1, 1])
  }
}

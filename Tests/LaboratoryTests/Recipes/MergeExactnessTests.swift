import CoppiceAutodiff
import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceTensors
import CoppiceTestSupport
import Testing

/// What mathematics promises of merged units: duplicates, positive multiples and constants go without a trace.
@Suite struct MergeExactnessTests {
  private static let images = Interface.images([2, 6, 6], classes: 3)

  /// Units that can go in every layer: a multiple, a constant and a dead unit in front of a convolution of single places; two constants
  /// in front of zeros around a plane; a multiple that is flattened; a constant and a duplicate of a linear layer.
  private func stack() throws -> MergingNetwork {
    var stack = try MergingNetwork(MergingNetwork.stack, Self.images)
    // Behind normalisation and rectifier unit 1 is twice unit 0: its own inputs are three times those.
    stack.set("a.weight", 1, to: 3, timesRow: 0)
    stack.set("a.bias", 1, to: 3, timesRow: 0)
    stack.set("a_bn.running_mean", 1, to: 3, timesRow: 0)
    let variance = try #require(stack.buffers["a_bn.running_var"]).scalars[0]
    stack.set("a_bn.running_var", 1, to: 9 * (variance + 1e-5) - 1e-5)
    stack.set("a_bn.weight", 1, to: 2, timesRow: 0)
    stack.set("a_bn.bias", 0, to: 0.3)
    stack.set("a_bn.bias", 1, to: 0.6)
    for (unit, shift) in [(3, Float(0.6)), (5, -0.4)] {
      stack.set("a_bn.weight", unit, to: 0)
      stack.set("a_bn.bias", unit, to: shift)
    }
    for (unit, shift) in [(2, Float(0.8)), (4, 0.4)] {
      stack.set("b_bn.weight", unit, to: 0)
      stack.set("b_bn.bias", unit, to: shift)
    }
    stack.set("c.weight", 2, to: 0.5, timesRow: 0)
    stack.set("c.bias", 2, to: 0.5, timesRow: 0)
    stack.set("d.weight", 3, to: 0)
    stack.set("d.bias", 3, to: 0.7)
    stack.set("d.weight", 4, to: 1, timesRow: 1)
    stack.set("d.bias", 4, to: 1, timesRow: 1)
    return stack
  }

  private static let removed = ["a.weight": 3, "b.weight": 1, "c.weight": 1, "d.weight": 2]

  private func expectSame(_ stack: MergingNetwork, _ pruning: Pruning, _ dense: [Float], _ place: String)
    throws
  {
    let weights = try #require(pruning.weights)
    let merged = try stack.logits(weights, pruning.statistics ?? stack.buffers)
    #expect(difference(dense, merged) < 1e-5, "\(place)")
    // Pruned weights are 0, those of biases and scales as well.
    for (name, mask) in pruning.masks {
      let scalars = try #require(weights[name]).scalars
      #expect(mask.bytes.indices.allSatisfy { mask.bytes[$0] != 0 || scalars[$0] == 0 }, "\(place): \(name)")
    }
  }

  @Test func whatIsAlikeGoesWithoutATrace() throws {
    let stack = try stack()
    let dense = try stack.logits(stack.parameters, stack.buffers)
    let pruning = try stack.pruned(.merge(), .coupledUnit, to: stack.left(without: Self.removed))
    for (weight, count) in Self.removed {
      #expect(stack.gone(weight, pruning.masks).count == count, "\(weight)")
    }
    #expect(Set(stack.gone("a.weight", pruning.masks)).isSuperset(of: [3, 5]))
    #expect(stack.gone("d.weight", pruning.masks).contains(3))
    try expectSame(stack, pruning, dense, "merged")
    // The same units deleted are missed.
    let deleted = try stack.logits(pruning.masks.applied(to: stack.parameters), stack.buffers)
    #expect(difference(dense, deleted) > 0.01)
    // A constant behind which nothing has a bias is taken from the running mean.
    let (before, after) = (
      try #require(stack.buffers["b_bn.running_mean"]), try #require(pruning.statistics?["b_bn.running_mean"])
    )
    let column = try #require(stack.parameters["b.weight"]).scalars
    for unit in 0..<5 {
      let taken = before.scalars[unit] - after.scalars[unit]
      let wanted = 0.6 * column[unit * 6 + 3]
      #expect(abs(taken - wanted) < 1e-6)
    }
  }

  /// By the statistics of a batch a constant is no part of what is normalised, and multiples of the inputs are the same.
  @Test func inTrainingTooItGoesWithoutATrace() throws {
    let stack = try stack()
    let dense = try stack.logits(stack.parameters, stack.buffers, isTraining: true)
    let pruning = try stack.pruned(.merge(), .coupledUnit, to: stack.left(without: Self.removed))
    let weights = try #require(pruning.weights)
    let merged = try stack.logits(weights, pruning.statistics ?? stack.buffers, isTraining: true)
    #expect(difference(dense, merged) < 1e-4)
  }

  /// In rounds as at one stroke: what is gone is nobody's like.
  @Test func roundAfterRound() throws {
    var stack = try stack()
    let dense = try stack.logits(stack.parameters, stack.buffers)
    let first = try stack.pruned(
      .merge(), .coupledUnit, to: stack.left(without: ["a.weight": 3, "b.weight": 0, "d.weight": 1]))
    try expectSame(stack, first, dense, "first")
    stack.parameters = try #require(first.weights)
    if let statistics = first.statistics { stack.buffers = statistics }
    let second = try stack.pruned(
      .merge(), .coupledUnit, to: stack.left(without: Self.removed), from: first.masks)
    #expect(second.masks.keptCount < first.masks.keptCount)
    try expectSame(stack, second, dense, "second")
  }

  /// The rows of neurons go, and the columns that read them stay in their masks: what they say is 0.
  @Test func neuronsAreMergedAsWell() throws {
    let stack = try stack()
    let dense = try stack.logits(stack.parameters, stack.buffers)
    var scores = ParameterSet()
    for (name, mask) in stack.network.fullMasks { scores[name] = Tensor(repeating: 1, mask.shape) }
    var kept = stack.network.fullMasks.keptCount
    for (name, rows) in [("a.weight", [1, 3, 5]), ("c.weight", [2]), ("d.weight", [3, 4])] {
      var score = try #require(scores[name])
      let length = score.shape.count / score.shape[0]
      for row in rows {
        for place in row * length..<(row + 1) * length { score.scalars[place] = 0 }
        kept -= length
      }
      scores[name] = score
    }
    let pruning = try stack.pruned(.merge(), .neuron, to: kept, scores: scores)
    #expect(stack.gone("a.weight", pruning.masks) == [1, 3, 5])
    try expectSame(stack, pruning, dense, "neurons")
    let weights = try #require(pruning.weights?["e.weight"])
    #expect(weights.scalars[3] == 0 && pruning.masks["e.weight"]?.bytes[3] == 1)
  }

  /// Zeros around a plane are no constant: one constant unit alone can go nowhere, and its score says so.
  @Test func aConstantInFrontOfPaddingIsMissed() throws {
    var stack = try MergingNetwork(MergingNetwork.stack, Self.images)
    for layer in ["a", "b"] {
      stack.set("\(layer)_bn.weight", 2, to: 0)
      stack.set("\(layer)_bn.bias", 2, to: 0.8)
    }
    let scores = try Criterion.merge().scores(in: stack.context)
    func score(_ name: String) throws -> Float {
      let tensor = try #require(scores[name])
      return tensor.scalars[2 * tensor.shape.count / tensor.shape[0]]
    }
    #expect(try score("a.weight") == Float.leastNonzeroMagnitude)
    #expect(try score("b.weight") > 1e-3)
    #expect(Criterion.merge().movesSurvivors && Criterion.merge().scoresUnits)
  }

  /// Other functions than rectifiers have no multiples: duplicates go without a trace, and multiples do not.
  @Test func withoutHomogeneityDuplicatesAloneAreAlike() throws {
    let sequences = Interface.sequences(length: 6, vocabulary: 9, classes: 2)
    var encoder = try MergingNetwork(.encoder(width: 8, heads: 2, layers: 1, feedForward: 2), sequences)
    let unit = try #require(encoder.structure.hiddenUnits.first)
    let weight = try #require(unit.slices.first { $0.axis == 0 && $0.parameter.hasSuffix("weight") })
      .parameter
    let bias = weight.replacing("weight", with: "bias")
    for name in [weight, bias] {
      encoder.set(name, 1, to: 1, timesRow: 0)
      encoder.set(name, 3, to: 2, timesRow: 2)
    }
    let scores = try #require(try Criterion.merge().scores(in: encoder.context)[weight])
    let length = scores.shape.count / scores.shape[0]
    let byRow = (0..<scores.shape[0]).map { scores.scalars[$0 * length] }
    #expect(min(byRow[0], byRow[1]) < 1e-12 && max(byRow[0], byRow[1]) > 1e-4)
    #expect(min(byRow[2], byRow[3]) > 1e-4)
    let dense = try encoder.logits(encoder.parameters, encoder.buffers)
    let pruning = try encoder.pruned(.merge(), .hiddenUnit, to: encoder.left(without: [weight: 1]))
    #expect([[0], [1]].contains(encoder.gone(weight, pruning.masks)))
    try expectSame(encoder, pruning, dense, "encoder")
  }

  /// By magnitude the masks are those of deletion, whatever the units.
  @Test func byMagnitudeTheMasksAreThoseOfDeletion() throws {
    let stack = try stack()
    for count in [300, 200, 120] {
      let (merged, deleted) = (
        try stack.pruned(.merge(ranking: .magnitude), .coupledUnit, to: count),
        try stack.pruned(.magnitude, .coupledUnit, to: count)
      )
      #expect(merged.masks == deleted.masks && merged.weights != nil && deleted.weights == nil)
    }
  }

  // MARK: What is refused

  private func refusal(
    _ model: Model, _ granularity: Granularity, ignoring: [String] = []
  ) throws -> String {
    let network = try Network(model, Self.images)
    return message {
      try Pruner(
        criterion: .merge(), granularity: granularity, allocation: .global(ignoring: ignoring)
      ).checkCompatibility(with: network.layers, structure: NetworkStructure(network))
    }
  }

  @Test func whatIsNotByItselfIsRefused() throws {
    let resnet = Model.resnet([3, 4], blocks: 1)
    let channels = try refusal(resnet, .channel)
    #expect(channels.contains("takes them together with others"), "\(channels)")
    #expect(channels.contains("let the allocation ignore what cannot be merged, as global(ignoring: ["))
    // Inside the blocks filters are by themselves.
    let network = try Network(resnet, Self.images)
    let passages = try NetworkStructure(network).passages
    let tied = network.prunable.filter { if case .success? = passages[$0] { false } else { true } }
    let inner = network.prunable.filter { !tied.contains($0) }
    #expect(inner.count == 2 && inner.allSatisfy { $0.hasSuffix("conv1.weight") }, "\(inner)")
    #expect(try refusal(resnet, .neuron, ignoring: tied) == "")
    let weights = try refusal(.mlp([4]), .weight)
    #expect(
      weights.contains("it merges whole units, and granularity weight has single weights"), "\(weights)")
    let output = try refusal(.mlp([4]), .neuron)
    #expect(output.contains("no unit of fc2.weight can stand for another, for they reach the output logits"))
    #expect(try refusal(.mlp([4]), .neuron, ignoring: ["fc2"]) == "")
    #expect(try refusal(.mlp([4]), .hiddenUnit) == "")
  }
}

import CoppiceAutodiff
import CoppicePruning
import CoppiceTensors
import Testing

/// Units of several parameters: what goes, what it takes along, what it counts.
@Suite struct UnitTests {
  typealias Unit = Granularity.Unit

  /// A network of these weights, scores 1, 2, 3, … in every layer unless given, biases of rank 1.
  private func context(_ shapes: KeyValuePairs<String, Shape>, scores: [String: [Float]] = [:])
    -> ScoringContext
  {
    let weights = ParameterSet(
      shapes.map { name, shape in
        (name, Tensor(shape, scores[name] ?? (0..<shape.count).map { Float($0 + 1) }))
      })
    let prunable = shapes.filter { $0.value.rank > 1 }
    return ScoringContext(
      weights: weights, masks: MaskSet(prunable.map { ($0.key, Mask(keepingAll: $0.value)) }))
  }

  private func prune(
    _ context: ScoringContext, _ granularity: Granularity, structure: NetworkStructure = .none,
    to quota: Quota,
    ignoring: [String] = []
  ) throws -> Pruning {
    try Pruner(
      criterion: .magnitude, granularity: granularity,
      allocation: Allocation("given", ignoring: ignoring) { _, _ in quota }
    ).prune(context, structure: structure, to: .sparsity(0))
  }

  @Test func neuronsTakeTheirCompanionsAlong() throws {
    let context = context([
      "conv.weight": [3, 1, 2, 2], "conv.bias": [3], "bn.weight": [3], "fc.weight": [2, 3],
    ])
    let structure = NetworkStructure(companions: ["conv.weight": ["conv.bias", "bn.weight"]])
    let pruning = try prune(context, .neuron, structure: structure, to: .layers([4, 6]))
    let masks = pruning.masks
    #expect(masks.names == ["conv.weight", "fc.weight", "conv.bias", "bn.weight"])
    #expect(masks["conv.weight"]?.bytes == [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1])
    for companion in ["conv.bias", "bn.weight"] {
      #expect(masks[companion]?.bytes == [0, 0, 1])
      #expect(masks.isCompanion(companion))
    }
    #expect(masks.count == 18)
    #expect(masks.keptCount == 10)
    #expect(pruning.report.layers.map(\.name) == ["conv.weight", "fc.weight"])
    #expect(pruning.report.keptCount == 10)
    // In the next round the companions are there already, and masks shrink.
    let after = ScoringContext(weights: masks.applied(to: context.weights), masks: masks)
    let next = try prune(after, .neuron, structure: structure, to: .layers([0, 3])).masks
    #expect(next.isSubset(of: masks))
    #expect(next["bn.weight"]?.bytes == [0, 0, 0])
    #expect(next["fc.weight"]?.bytes == [0, 0, 0, 1, 1, 1])
  }

  @Test func headsGoWholeAndOnlyTheyCount() throws {
    // Packed projection of width 4 with two heads: head h owns rows 2h and 2h + 1 of each third, and columns 2h and 2h + 1.
    let context = context([
      "c_attn.weight": [12, 4], "c_attn.bias": [12], "c_proj.weight": [4, 4], "fc.weight": [3, 4],
    ])
    let rowsOfHeads = [[0, 1, 4, 5, 8, 9], [2, 3, 6, 7, 10, 11]]
    let groups = zip(rowsOfHeads, [[0, 1], [2, 3]]).map { rows, columns in
      let slices = [
        AxisSlice("c_attn.weight", axis: 0, rows), AxisSlice("c_attn.bias", axis: 0, rows),
        AxisSlice("c_proj.weight", axis: 1, columns),
      ]
      return AxisGroup(slices, labels: ["head"])
    }
    let structure = NetworkStructure(groups: groups)
    let pruner = Pruner(criterion: .magnitude, granularity: .head, allocation: .layerWise)
    let prunable = try pruner.prunable(among: context.masks, structure: structure)
    #expect(prunable.names == ["c_attn.weight", "c_proj.weight"])
    #expect(prunable.count == 64)
    let pruning = try pruner.prune(context, structure: structure, to: .sparsity(0.5))
    #expect(pruning.report.sparsity == 0.5)
    #expect(pruning.report.layers.map(\.kept) == [24, 8])
    let rows: [UInt8] = [0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1]
    let wide: [UInt8] = rows.flatMap { [UInt8](repeating: $0, count: 4) }
    #expect(pruning.masks["c_attn.weight"]?.bytes == wide)
    #expect(pruning.masks["c_attn.bias"]?.bytes == rows)
    #expect(pruning.masks["c_proj.weight"]?.bytes == [0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1])
    #expect(pruning.masks["fc.weight"]?.keptCount == 12)
    // A layer's quota counts for the pool: 20 % of 64 weights are less than half a head.
    #expect(try pruner.prune(context, structure: structure, to: .sparsity(0.2)).report.sparsity == 0)
    #expect(throws: PruningError.noUnits(granularity: "head")) {
      try pruner.prune(context, to: .sparsity(0.5))
    }
    #expect(throws: PruningError.noUnits(granularity: "head")) {
      try prune(context, .head, structure: structure, to: .pool(0), ignoring: ["c_proj"])
    }
  }

  @Test func aggregatesOrderUnits() throws {
    // Rows (1, 5), (4, 4), (0, 6): sums 6, 8, 6; means 3, 4, 3; maxima 5, 4, 6; norms √26, √32, 6.
    let context = context(["w": [3, 2]], scores: ["w": [1, 5, 4, 4, 0, 6]])
    let expected: [Granularity.Aggregate: [[UInt8]]] = [
      .sum: [[0, 0, 1, 1, 1, 1], [0, 0, 1, 1, 0, 0]], .mean: [[0, 0, 1, 1, 1, 1], [0, 0, 1, 1, 0, 0]],
      .maximum: [[1, 1, 0, 0, 1, 1], [0, 0, 0, 0, 1, 1]], .l2: [[0, 0, 1, 1, 1, 1], [0, 0, 0, 0, 1, 1]],
    ]
    for (aggregate, masks) in expected {
      for (kept, mask) in zip([4, 2], masks) {
        let pruning = try prune(context, .neuron(aggregate: aggregate), to: .pool(kept))
        #expect(pruning.masks["w"]?.bytes == mask, "\(aggregate) to \(kept)")
      }
    }
  }

  @Test func meansCountSurvivorsAlone() throws {
    var masks = MaskSet([("w", Mask(keepingAll: [2, 3]))])
    masks["w"]?.bytes[1] = 0
    // Row 0 has survivors 4 and 4, mean 4 and sum 8; row 1 has 3, 3, 3, mean 3 and sum 9.
    let context = ScoringContext(
      weights: ParameterSet([("w", Tensor([2, 3], [4, 0, 4, 3, 3, 3]))]), masks: masks)
    #expect(
      try prune(context, .neuron(aggregate: .mean), to: .pool(2)).masks["w"]?.bytes == [1, 0, 1, 0, 0, 0])
    #expect(try prune(context, .neuron, to: .pool(2)).masks["w"]?.bytes == [1, 0, 1, 0, 0, 0])
    #expect(
      try prune(context, .neuron(aggregate: .sum), to: .pool(3)).masks["w"]?.bytes == [0, 0, 0, 1, 1, 1])
  }

  @Test func normalisedScoresCompareLayers() throws {
    // Sums (3, 4) and (6, 80): shares of the norm 0.6, 0.8 and 0.0748, 0.997.
    let context = context(["a": [2, 1], "b": [2, 1]], scores: ["a": [3, 4], "b": [6, 80]])
    #expect(try prune(context, .neuron, to: .pool(3)).masks.map(\.mask.bytes) == [[0, 1], [1, 1]])
    let normalised = Granularity.neuron(normalised: true)
    #expect(try prune(context, normalised, to: .pool(3)).masks.map(\.mask.bytes) == [[1, 1], [0, 1]])
    #expect(try prune(context, normalised, to: .pool(2)).masks.map(\.mask.bytes) == [[0, 1], [0, 1]])
    let empty = self.context(["a": [2, 1]], scores: ["a": [0, 0]])
    #expect(try prune(empty, normalised, to: .pool(1)).masks.keptCount == 1)
  }

  @Test func unitsThatOverlapCountWhatIsLeft() throws {
    // Hidden channel h: row h of a and column h of b; b's rows are units too, so all of it is one pool.
    let context = context(
      ["a": [2, 2], "b": [2, 2]], scores: ["a": [1, 1, 50, 50], "b": [1, 50, 1, 51]])
    let granularity = Granularity("channel") { context in
      (0..<2).map { Unit([AxisSlice("a", axis: 0, [$0]), AxisSlice("b", axis: 1, [$0])]) }
        + (0..<2).map { Unit([AxisSlice("b", axis: 0, [$0])]) }
    }
    // Means 1, 50.25, 25.5, 26. The first unit takes 4 of 8; then a row of b has one weight left.
    let pruning = try prune(context, granularity, to: .layers([2, 1]))
    #expect(pruning.masks["a"]?.bytes == [0, 0, 1, 1])
    #expect(pruning.masks["b"]?.bytes == [0, 0, 0, 1])
    #expect(pruning.report.keptCount == 3)
  }

  @Test func aSliceOfBothAxesCountsEachWeightOnce() throws {
    // Place p of a residual stream: row p and column p of a square weight, 3 weights of 4.
    let context = context(["w": [2, 2]], scores: ["w": [1, 10, 10, 100]])
    let granularity = Granularity("stream", aggregate: .mean) { _ in
      (0..<2).map { Unit([AxisSlice("w", axis: 0, [$0]), AxisSlice("w", axis: 1, [$0])]) }
    }
    // Means (1 + 10 + 10) / 3 and (10 + 10 + 100) / 3.
    let pruning = try prune(context, granularity, to: .pool(1))
    #expect(pruning.masks["w"]?.bytes == [0, 0, 0, 1])
    #expect(pruning.report.keptCount == 1)
  }

  @Test func unitsMustFit() {
    let context = context(["a": [2, 2], "bias": [2]])
    func prune(_ unit: Unit) throws {
      _ = try self.prune(context, Granularity("mine") { _ in [unit] }, to: .pool(0))
    }
    for slice in [
      AxisSlice("a", axis: 2, [0]), AxisSlice("a", axis: 0, [2]), AxisSlice("a", axis: 1, [1, 0]),
      AxisSlice("a", axis: 0, []), AxisSlice("a", axis: -1, [0]),
    ] {
      #expect(throws: PruningError.unitSlice(slice, shape: [2, 2], granularity: "mine")) {
        try prune(Unit([slice]))
      }
    }
    let bias = AxisSlice("bias", axis: 0, [0])
    #expect(throws: PruningError.noUnits(granularity: "mine")) { try prune(Unit([bias])) }
    #expect(throws: PruningError.unitWithoutWeights([bias], granularity: "mine")) {
      _ = try self.prune(
        context, Granularity("mine") { _ in [Unit([AxisSlice("a", axis: 0, [0])]), Unit([bias])] },
        to: .pool(0))
    }
    #expect(throws: PruningError.self) {
      try prune(Unit([AxisSlice("a", axis: 0, [0]), AxisSlice("lost", axis: 0, [0])]))
    }
    #expect(throws: PruningError.rowsOfUnits(granularity: "neuron", allocation: "given")) {
      try self.prune(context, .neuron, to: .rows([2]))
    }
  }

  @Test func fieldsAtTheirNeutralValueAreLeftOut() throws {
    #expect("\(Granularity.neuron)" == "neuron")
    #expect("\(Granularity.neuron(aggregate: .sum))" == "neuron(aggregate: sum)")
    #expect(
      "\(Granularity.head(aggregate: .l2, normalised: true))" == "head(aggregate: l2, normalised: true)")
    #expect(Granularity.neuron(aggregate: .mean) == .neuron)
    #expect(Granularity.filter == .neuron)
  }

  @Test func costsAreWeightsAndFlops() throws {
    let context = Networks.context()
    func costs(_ granularity: Granularity) throws -> [UnitCost] {
      try granularity.costs(of: context.masks.layers, structure: Networks.structure) {
        context.weights[$0]?.shape
      }
    }
    // A head has 60 of fc1's 240 weights and 15 of fc2's 60: 480 · 60 / 240 + 120 · 15 / 60 operations.
    #expect(try costs(.head) == [UnitCost](repeating: UnitCost(weights: 75, flops: 150), count: 4))
    let neurons = try costs(.neuron)
    #expect(neurons.count == 21)
    #expect(neurons[0] == UnitCost(weights: 18, flops: 1800))
    #expect(neurons[20] == UnitCost(weights: 12, flops: 24))
    let pairs = try Granularity("pair") { _ in 2 }.costs(of: [PrunableLayer(name: "a", shape: [2, 2])])
    #expect(pairs == [UnitCost](repeating: UnitCost(weights: 2, flops: 0), count: 2))
  }
}

import CoppicePruning
import CoppiceTensors
import Testing

@Suite struct NOfMTests {
  private func context(_ shapes: KeyValuePairs<String, Shape>, seed: UInt64 = 3) -> ScoringContext {
    var generator = Generator(state: seed)
    return ScoringContext(
      weights: ParameterSet(
        shapes.map { ($0.key, Tensor($0.value, (0..<$0.value.count).map { _ in generator.float() })) }),
      masks: MaskSet(shapes.map { ($0.key, Mask(keepingAll: $0.value)) }), seed: seed)
  }

  private func pruner(_ granularity: Granularity, _ allocation: Allocation = .global) -> Pruner {
    Pruner(criterion: .magnitude, granularity: granularity, allocation: allocation)
  }

  @Test func theMiddleTwoOfFourStay() throws {
    let weights = ParameterSet([("w", Tensor([1, 4], [0.1, -0.4, 0.3, 0.2]))])
    let context = ScoringContext(weights: weights, masks: MaskSet([("w", Mask(keepingAll: [1, 4]))]))
    let pruning = try pruner(.nOfM).prune(context, to: .sparsity(0.5))
    #expect(pruning.masks["w"]?.bytes == [0, 1, 1, 0])
    #expect(pruning.report.ties == 0)
  }

  @Test func countsAreThoseOfThePattern() throws {
    let context = context(["fc1": [300, 784], "conv2": [50, 20, 5, 5]])
    let pruning = try pruner(.nOfM, .layerWise).prune(context, to: .sparsity(0.5))
    #expect(pruning.masks["fc1"]?.keptCount == 117_600)
    #expect(pruning.masks["conv2"]?.keptCount == 12_500)
    #expect(pruning.report.sparsity == 0.5)
  }

  /// Along the input channels, for every output and place of the kernel: the largest sum over all masks of each group.
  @Test(arguments: [(2, 4), (4, 8), (1, 4), (3, 4), (1, 2), (2, 3)])
  func everyGroupKeepsItsBest(keep: Int, size: Int) throws {
    let shapes: KeyValuePairs<String, Shape> = ["a": [3, 2 * size], "b": [2, size, 2, 1]]
    let context = context(shapes)
    let sparsity = 1 - Double(keep) / Double(size)
    for allocation in [Allocation.global, .layerWise, .rowWise] {
      let masks = try pruner(.nOfM(keep: keep, of: size), allocation).prune(context, to: .sparsity(sparsity))
        .masks
      for (name, shape) in shapes {
        let (bytes, weights) = (
          try #require(masks[name]).bytes, try #require(context.weights[name]).scalars.map(abs)
        )
        let area = shape.axes.dropFirst(2).reduce(1, *)
        for row in 0..<shape[0] {
          for first in stride(from: 0, to: shape[1], by: size) {
            for place in 0..<area {
              let elements = (0..<size).map { (row * shape[1] + first + $0) * area + place }
              let kept = elements.filter { bytes[$0] == 1 }
              #expect(kept.count == keep)
              var best: Float = -1
              for choice in 0..<(1 << size) where choice.nonzeroBitCount == keep {
                let chosen = elements.indices.filter { (choice >> $0) & 1 == 1 }
                best = max(best, chosen.map { weights[elements[$0]] }.reduce(0, +))
              }
              #expect(abs(kept.map { weights[$0] }.reduce(0, +) - best) < 1e-5)
            }
          }
        }
      }
    }
  }

  @Test func tiesAreTheSeedsAndCounted() throws {
    func masks(seed: UInt64) throws -> Pruning {
      let context = ScoringContext(
        weights: ParameterSet([("w", Tensor([50, 8], [Float](repeating: 1, count: 400)))]),
        masks: MaskSet([("w", Mask(keepingAll: [50, 8]))]), seed: seed)
      return try pruner(.nOfM).prune(context, to: .sparsity(0.5))
    }
    let one = try masks(seed: 1)
    #expect(try masks(seed: 1) == one)
    #expect(try masks(seed: 2) != one)
    #expect(one.report.ties == 200)
    let bytes = try #require(one.masks["w"]).bytes
    let first = stride(from: 0, to: 400, by: 4).count { bytes[$0] == 1 }
    #expect((25...75).contains(first))
  }

  @Test func aPrunedNetworkKeepsItsMasks() throws {
    let before = context(["w": [6, 8]])
    let once = try pruner(.nOfM).prune(before, to: .sparsity(0.5))
    let again = try pruner(.nOfM).prune(
      ScoringContext(weights: once.masks.applied(to: before.weights), masks: once.masks), to: .sparsity(0.5))
    #expect(again.masks == once.masks)
    #expect(try pruner(.nOfM).prune(before, to: .sparsity(0)).masks == before.masks)
  }

  @Test func layersThatDoNotDivideAreRefusedOrLeftDense() throws {
    let shapes: KeyValuePairs<String, Shape> = ["conv1": [20, 1, 5, 5], "conv2": [50, 20, 5, 5]]
    let context = context(shapes)
    #expect(
      throws: PruningError.unevenGroups(4, of: "conv1", shape: [20, 1, 5, 5], granularity: "n-of-m")
    ) { try pruner(.nOfM).checkCompatibility(with: context.masks.layers) }
    #expect(
      "\(PruningError.unevenGroups(4, of: "conv1", shape: [20, 1, 5, 5], granularity: "n-of-m"))"
        == "granularity n-of-m groups 4 input channels, and conv1 of shape [20, 1, 5, 5] has 1, which no group divides: use "
        + "another granularity, ignore the layer in the allocation, or leave it dense with uneven: dense")
    #expect(
      "\(PruningError.unevenGroups(4, of: "a", shape: [3, 18], granularity: "n-of-m"))".contains(
        "has 18: group 2, 3, 6, 9, 18 of them"))
    let dense = pruner(.nOfM(keep: 2, of: 4, uneven: .dense))
    #expect(try dense.unevenLayers(among: context.masks.layers) == ["conv1"])
    let pruning = try dense.prune(context, to: .sparsity(0.5))
    #expect(pruning.masks["conv1"]?.keptCount == 500)
    #expect(pruning.masks["conv2"]?.keptCount == 12_500)
    // What stays dense counts nowhere.
    #expect(pruning.report.layers.map(\.name) == ["conv2"])
    #expect(pruning.report.sparsity == 0.5)
    let ignoring = pruner(.nOfM, .global(ignoring: ["conv1"]))
    #expect(try ignoring.prune(context, to: .sparsity(0.5)).masks["conv2"]?.keptCount == 12_500)
    #expect(throws: PruningError.noUnits(granularity: "n-of-m")) {
      try pruner(.nOfM(keep: 2, of: 64, uneven: .dense)).checkCompatibility(with: context.masks.layers)
    }
    for (keep, size) in [(0, 4), (4, 4), (5, 4), (1, 1)] {
      #expect(throws: PruningError.noPattern(keep, of: size, granularity: "n-of-m")) {
        try pruner(.nOfM(keep: keep, of: size)).checkCompatibility(with: context.masks.layers)
      }
    }
  }

  @Test func anotherSparsityIsRefusedWithTheOneThatIsPossible() throws {
    let layers = [PrunableLayer(name: "a", shape: [10, 8]), PrunableLayer(name: "b", shape: [20, 40])]
    let error = PruningError.patternQuota(
      88, kept: 440, of: 880, layer: nil, granularity: "n-of-m(keep: 2, of: 4)", allocation: "global")
    #expect(throws: error) { try pruner(.nOfM).quota(for: layers, target: .sparsity(0.9)) }
    #expect(
      "\(error)"
        == "granularity n-of-m(keep: 2, of: 4) keeps 440 of the 880 weights of all its layers, a sparsity of 0.5, and "
        + "allocation global lets 88 survive: ask for that sparsity at one stroke, under an allocation that takes the same "
        + "share of every layer, or for a pattern with 1 − keep / of as its sparsity")
    #expect(throws: PruningError.self) {
      try pruner(.nOfM, .erdosRenyi).quota(for: layers, target: .sparsity(0.5))
    }
    #expect(throws: PruningError.self) {
      try pruner(.nOfM, .layerWise(output: 0.5)).quota(for: layers, target: .sparsity(0.5))
    }
    for allocation in [Allocation.lamp, .owl, .sensitivity] {
      #expect(
        throws: PruningError.patternAllocation(
          granularity: "n-of-m(keep: 2, of: 4)", allocation: allocation.name)
      ) { try pruner(.nOfM, allocation).quota(for: layers, target: .sparsity(0.5)) }
    }
    // A third, as near as a number comes.
    #expect(
      try pruner(.nOfM(keep: 2, of: 3)).quota(
        for: [PrunableLayer(name: "a", shape: [10, 9])], target: .sparsity(1.0 / 3)) == .pool(60))
  }

  @Test func randomMasksKeepAsManyOfEveryGroup() throws {
    let context = context(["w": [40, 8], "v": [3, 4]])
    for granularity in [Granularity.nOfM, .nOfM(keep: 2, of: 4, permuted: true)] {
      let masks = try pruner(granularity).prune(context, to: .sparsity(0.5)).masks
      let random = try granularity.randomMasks(like: masks, seed: 3)
      #expect(random != masks)
      #expect(try granularity.randomMasks(like: masks, seed: 3) == random)
      #expect(try granularity.randomMasks(like: masks, seed: 4) != random)
      for (_, mask) in random {
        for first in stride(from: 0, to: mask.count, by: 4) {
          #expect(mask.bytes[first..<(first + 4)].reduce(0) { $0 + Int($1) } == 2)
        }
      }
      #expect(try granularity.randomMasks(like: context.masks, seed: 3) == context.masks)
    }
  }
}

import CoppicePruning
import CoppiceTensors
import Testing

/// A floor under every layer: what it holds, what the others give in its place, and what it cannot.
@Suite struct FloorTests {
  private func context(_ scores: [[Float]], rows: Int = 1) -> ScoringContext {
    let tensors = ParameterSet(
      scores.enumerated().map { ("w\($0)", Tensor([rows, $1.count / rows], $1)) })
    return ScoringContext(
      weights: tensors, masks: MaskSet(tensors.map { ($0.name, Mask(keepingAll: $0.tensor.shape)) }), seed: 1)
  }

  private func prune(
    _ context: ScoringContext, _ allocation: Allocation, _ sparsity: Double,
    granularity: Granularity = .weight
  ) throws -> Pruning {
    try Pruner(criterion: .magnitude, granularity: granularity, allocation: allocation).prune(
      context, to: .sparsity(sparsity))
  }

  @Test func theHighestOfAHeldLayerStay() throws {
    let context = context([[1, 2, 3, 4], [10, 20, 30, 40]])
    let free = try prune(context, .global, 0.5)
    #expect(free.masks.map(\.mask.bytes) == [[0, 0, 0, 0], [1, 1, 1, 1]])
    #expect(free.report.held.isEmpty)
    for floor in [Allocation.Floor.count(1), .density(0.25), .density(0.01)] {
      let held = try prune(context, .global(floor: floor), 0.5)
      #expect(held.masks.map(\.mask.bytes) == [[0, 0, 0, 1], [0, 1, 1, 1]])
      #expect(held.report.held == ["w0"])
      #expect(held.report.keptCount == 4 && held.report.ties == 0)
    }
    // Where no layer would fall below, nothing changes and nothing is reported.
    let other = try prune(context, .global(floor: .count(1)), 0.25)
    #expect(other.masks == (try prune(context, .global, 0.25)).masks && other.report.held.isEmpty)
  }

  /// The lowest of all goes, unless its layer is at the floor: one after the other, by brute force.
  @Test func agreesWithRemovalOneByOne() throws {
    var generator = Generator(state: 8)
    for _ in 0..<50 {
      let scores = (0..<3).map { layer in
        (0..<(4 + generator.integer(below: 20))).map { _ in
          abs(generator.float()) * Float([1, 3, 10][layer]) + Float(0.001)
        }
      }
      let (floor, total) = (1 + generator.integer(below: 3), scores.reduce(0) { $0 + $1.count })
      let kept = 9 + generator.integer(below: total - 9)
      var bytes = scores.map { $0.map { _ in UInt8(1) } }
      for _ in 0..<(total - kept) {
        var lowest: (score: Float, layer: Int, element: Int)?
        for layer in 0..<3 where bytes[layer].reduce(0, { $0 + Int($1) }) > floor {
          for element in bytes[layer].indices where bytes[layer][element] == 1 {
            let score = scores[layer][element]
            if score < lowest?.score ?? .infinity { lowest = (score, layer, element) }
          }
        }
        let (_, layer, element) = try #require(lowest)
        bytes[layer][element] = 0
      }
      let allocation = Allocation("floored") { layers, _ in
        .flooredPool(kept, floors: layers.map { _ in floor })
      }
      let found = try prune(context(scores), allocation, 0)
      #expect(found.masks.map(\.mask.bytes) == bytes)
    }
  }

  @Test func unitsThatWouldFallBelowStay() throws {
    let context = context([[1, 1, 2, 2, 3, 3], [10, 10, 20, 20, 30, 30]], rows: 3)
    let held = try prune(context, .global(floor: .count(2)), 0.5, granularity: .neuron)
    #expect(held.masks.map(\.mask.bytes) == [[0, 0, 0, 0, 1, 1], [0, 0, 1, 1, 1, 1]])
    #expect(held.report.held == ["w0"])
    let free = try prune(context, .global, 0.5, granularity: .neuron)
    #expect(free.masks.map(\.mask.bytes) == [[0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1]])
    #expect(free.report.held.isEmpty)
    // A floor of three weights needs two rows of two.
    let wide = try prune(context, .global(floor: .count(3)), 0.5, granularity: .neuron)
    #expect(wide.masks.map(\.mask.bytes) == [[0, 0, 1, 1, 1, 1], [0, 0, 1, 1, 1, 1]])
    #expect(wide.report.held == ["w0", "w1"])
  }

  @Test func measuredAllocationsHaveOne() throws {
    let held = try prune(Networks.context(), .lamp(floor: .count(20)), 0.8).report
    #expect(held.layers.map(\.kept).allSatisfy { $0 >= 20 } && held.keptCount == 74)
    let more = try prune(Networks.context(), .lamp(floor: .count(23)), 0.8).report
    // One more of fc2 is one less of the convolution, which falls below in its turn.
    #expect(more.held == ["conv.weight", "fc2.weight"] && more.layers.map(\.kept) == [23, 28, 23])
    let owl = try prune(Networks.context(), .owl(multiple: 3, spread: 0.15, floor: .density(0.1)), 0.8).report
    #expect(owl.held == ["fc2.weight"] && owl.layers[2].kept == 6 && owl.keptCount == 74)
  }

  @Test func aFloorThatCannotBeIsRefusedBefore() throws {
    let layers = Networks.lenet300
    let error = PruningError.floors(53_240, survivors: 26_620, of: 266_200, allocation: "global")
    #expect(throws: error) {
      try Allocation.global(floor: .density(0.2)).quota(for: layers, target: .sparsity(0.9))
    }
    #expect(
      "\(error)"
        == "the floors of allocation global hold 53240 of 266200 weights, and 26620 are to survive: at most a "
        + "sparsity of 0.8 can be reached, or lower the floor")
    #expect(throws: PruningError.noFloor(1.5, allocation: "global")) {
      try Allocation.global(floor: .density(1.5)).quota(for: layers, target: .sparsity(0.9))
    }
    #expect(throws: PruningError.noFloor(-1, allocation: "global")) {
      try Allocation.global(floor: .count(-1)).quota(for: layers, target: .sparsity(0.9))
    }
    for allocation in [
      Allocation.lamp(floor: .density(0.2)), .owl(floor: .density(0.2)), .sensitivity(floor: .density(0.2)),
    ] {
      #expect(
        throws: PruningError.floors(53_240, survivors: 26_620, of: 266_200, allocation: allocation.name)
      ) { try allocation.quota(for: layers, target: .sparsity(0.9)) }
    }
    #expect(
      try Allocation.global(floor: .count(20)).quota(for: layers, target: .sparsity(0.9))
        == .flooredPool(26_620, floors: [20, 20, 20]))
  }

  @Test func offByDefaultAndReadFromText() throws {
    #expect(Allocation.global(floor: .none) == .global)
    #expect("\(Allocation.global(floor: .density(0.02)))" == "global(floor-density: 0.02)")
    for allocation in [
      Allocation.global(ignoring: ["fc3"], floor: .count(10)), .lamp(floor: .density(0.5)),
      .owl(multiple: 3, spread: 0.1, floor: .count(1)), .sensitivity(ignoring: ["fc3"], floor: .count(1)),
    ] {
      #expect(try Allocation(parsing: "\(allocation)") == allocation)
    }
    #expect(throws: (any Error).self) {
      try Allocation(parsing: "global(floor-density: 0.1, floor-count: 3)")
    }
  }
}

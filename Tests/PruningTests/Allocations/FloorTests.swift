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

  // MARK: Of layers and target alone

  /// Whatever the allocation: no layer falls below, as many survive in all as without a floor, what acts is reported, and a floor that
  /// does not act changes nothing.
  @Test(arguments: Allocations.all.map(\.name)) func everyAllocationHasOne(name: String) throws {
    let plain = try Allocation(parsing: name)
    let context = Networks.context()
    for granularity in [Granularity.weight, .nOfM(keep: 1, of: 2)] {
      // A pattern has a share of its own, so that the floor may hold nothing.
      let isPattern = granularity != .weight
      if isPattern, plain.isMeasured || name.hasPrefix("erdos") { continue }
      let sparsity = isPattern ? 0.5 : 0.8
      let free = try prune(context, plain, sparsity, granularity: granularity)
      let least = try #require(free.report.layers.map(\.kept).min())
      let idle = try prune(
        context, try Allocation(parsing: "\(name)(floor-count: \(least))"), sparsity, granularity: granularity
      )
      #expect(idle.masks == free.masks && idle.report.held.isEmpty)
      guard !isPattern else { continue }
      let floored = try Allocation(parsing: "\(name)(floor-count: \(least + 2))")
      let held = try prune(context, floored, sparsity)
      #expect(held.report.layers.allSatisfy { $0.kept >= least + 2 })
      #expect(held.report.keptCount == free.report.keptCount)
      let low = free.report.layers.filter { $0.kept < least + 2 }.map(\.name)
      #expect(!low.isEmpty && Set(low).isSubset(of: Set(held.report.held)))
    }
  }

  /// By hand. Of 4, 40 and 400 weights 0, 4 and 40 stay at 90 %. Where the first keeps 2, the others have 42 of 440, 3.8 and 38.2.
  /// Where all keep 5 or what they have, the third has the 35 that are left.
  @Test func layersShareWhatIsLeftAtOneDensity() throws {
    let layers = [4, 40, 400].map { PrunableLayer(name: "w\($0)", shape: [1, $0]) }
    func counts(_ floor: Allocation.Floor, _ target: PruningTarget = .sparsity(0.9)) throws -> [Int]? {
      try Allocation.layerWise(floor: floor).quota(for: layers, target: target).layers
    }
    #expect(try counts(.none) == [0, 4, 40])
    #expect(try counts(.count(2)) == [2, 4, 38])
    #expect(try counts(.count(5)) == [4, 5, 35])
    #expect(try counts(.density(0.095)) == [1, 4, 39])
    // A ladder at one stroke is its rounds one after the other.
    var left = layers
    for round in 1...6 {
      let next = try #require(
        try Allocation.layerWise(output: 0.5, floor: .count(3)).quota(for: left, target: .rate(0.5, times: 1))
          .layers)
      for place in left.indices { left[place].survivors = next[place] }
      #expect(next.allSatisfy { $0 >= 3 })
      #expect(
        try Allocation.layerWise(output: 0.5, floor: .count(3))
          .quota(for: layers, target: .rate(0.5, times: round)).layers == next)
    }
    #expect(left.map(\.survivors)[0] == 3)
    // At its own rate m a layer keeps y^m. Half the rate for the second: 40 √y + 400 y = 41 for the two, so 11.0 and 30.0.
    let rates = Allocation.layerWise(rates: ["w40": 0.5], floor: .count(3))
    #expect(try rates.quota(for: layers, target: .sparsity(0.9)).layers == [3, 11, 30])
  }

  /// Layers at rate 0 keep all they have, so that a floor can ask too much of the others.
  @Test func layersAtRateZeroStayWhole() throws {
    let layers = [40, 10, 100].map { PrunableLayer(name: "w\($0)", shape: [1, $0]) }
    let allocation = Allocation.layerWise(rates: ["w100": 0], floor: .count(3))
    #expect(try allocation.quota(for: layers, target: .sparsity(0.25)).layers == [9, 3, 100])
    #expect(throws: PruningError.floors(106, survivors: 105, of: 150, allocation: "layer-wise")) {
      try allocation.quota(for: layers, target: .sparsity(0.3))
    }
  }

  /// The rows of a held layer share its floor.
  @Test func rowsShareTheFloorOfTheirLayer() throws {
    let context = context([[1, 2, 3, 4, 5, 6], Array(repeating: 1, count: 60)], rows: 3)
    let held = try prune(context, .rowWise(floor: .count(3)), 0.8)
    #expect(held.report.held == ["w0"] && held.report.layers.map(\.kept) == [3, 10])
    #expect(held.masks["w0"]?.bytes == [0, 1, 0, 1, 0, 1])
  }

  /// ε anew among the layers that are not held: their densities are as before to each other.
  @Test func epsilonIsSolvedForAgain() throws {
    let layers = Networks.lenet300
    let free = try #require(try Allocation.erdosRenyi.quota(for: layers, target: .sparsity(0.98)).layers)
    let allocation = Allocation.erdosRenyi(ignoring: [], floor: .count(1_000))
    let held = try #require(try allocation.quota(for: layers, target: .sparsity(0.98)).layers)
    // Densities are as (in + out) / (in · out), so counts as in + out: 1084, 400 and 110.
    #expect(free[2] < 1_000 && held[2] == 1_000)
    #expect(held.reduce(0, +) == free.reduce(0, +))
    #expect(abs(Double(held[0]) / Double(held[1]) - 1084.0 / 400) < 0.01)
  }

  /// Whole units come to within half a unit of a number, which may be below a floor.
  @Test func unitsOfLayersAreRefusedBefore() {
    for name in ["layer-wise", "erdos-renyi", "erdos-renyi-kernel", "lamp", "owl", "sensitivity"] {
      let error = PruningError.floorOfUnits(granularity: "neuron", allocation: name)
      #expect(throws: error) {
        try Pruner(
          criterion: .magnitude, granularity: .neuron,
          allocation: Allocation(parsing: "\(name)(floor-count: 2)")
        ).checkCompatibility(with: Networks.context().masks.layers, structure: Networks.structure)
      }
      #expect(
        "\(error)"
          == "the floor of allocation \(name) holds single weights, and granularity neuron prunes whole units: use granularity "
          + "weight, or allocation global with a floor")
    }
    #expect(throws: Never.self) {
      try Pruner(criterion: .magnitude, granularity: .neuron, allocation: .global(floor: .count(2)))
        .checkCompatibility(with: Networks.context().masks.layers, structure: Networks.structure)
    }
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
      .layerWise(floor: .density(0.2)), .rowWise(floor: .density(0.2)),
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
      .layerWise(output: 0.5, ignoring: ["fc3"], floor: .count(1)), .rowWise(floor: .density(0.1)),
      .erdosRenyi(ignoring: ["fc3"], floor: .count(2)), .erdosRenyiKernel(ignoring: [], floor: .density(0.1)),
    ] {
      #expect(try Allocation(parsing: "\(allocation)") == allocation)
    }
    #expect(throws: (any Error).self) {
      try Allocation(parsing: "global(floor-density: 0.1, floor-count: 3)")
    }
  }
}

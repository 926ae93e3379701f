import CoppiceAutodiff
import CoppicePruning
import CoppiceTensors
import CoppiceTerms
import Testing

/// Units that run through several layers: what goes together, by which score, and what stays at least.
@Suite struct CoupledUnitTests {
  /// A perceptron of 4 inputs, hidden units a and b, and 2 outputs. Every weight of a unit of `a` is its score.
  private func network(
    _ first: [Float], _ second: [Float]
  ) -> (context: ScoringContext, structure: NetworkStructure) {
    let (a, b) = (first.count, second.count)
    let weights = ParameterSet([
      ("fc1.weight", Tensor([a, 4], first.flatMap { [Float](repeating: $0, count: 4) })),
      ("fc1.bias", Tensor(repeating: 1, [a])),
      ("fc2.weight", Tensor([b, a], second.flatMap { value in first.map { _ in value } })),
      ("fc2.bias", Tensor(repeating: 1, [b])),
      ("fc3.weight", Tensor([2, b], (second + second))),
    ])
    let masks = MaskSet(
      weights.filter { $0.name.hasSuffix("weight") }.map { ($0.name, Mask(keepingAll: $0.tensor.shape)) })
    func group(_ layer: Int, _ unit: Int) -> AxisGroup {
      AxisGroup([
        AxisSlice("fc\(layer).weight", axis: 0, [unit]), AxisSlice("fc\(layer).bias", axis: 0, [unit]),
        AxisSlice("fc\(layer + 1).weight", axis: 1, [unit]),
      ])
    }
    let outputs = (0..<2).map { AxisGroup([AxisSlice("fc3.weight", axis: 0, [$0])], isFixed: true) }
    return (
      ScoringContext(weights: weights, masks: masks),
      NetworkStructure(groups: (0..<a).map { group(1, $0) } + (0..<b).map { group(2, $0) } + outputs)
    )
  }

  private func pruned(
    _ network: (context: ScoringContext, structure: NetworkStructure), _ granularity: Granularity,
    _ quota: Quota
  ) throws -> Pruning {
    try Pruner(
      criterion: .magnitude, granularity: granularity, allocation: Allocation("given") { _, _ in quota }
    ).prune(network.context, structure: network.structure, to: .sparsity(0))
  }

  /// Which hidden units of a layer stay: those whose row, bias and column survive. Nothing is half removed.
  private func kept(_ pruning: Pruning, _ layer: Int) throws -> [Int] {
    let bias = try #require(pruning.masks["fc\(layer).bias"])
    let rows = try #require(pruning.masks["fc\(layer).weight"])
    let columns = try #require(pruning.masks["fc\(layer + 1).weight"])
    for unit in bias.bytes.indices where bias.bytes[unit] == 0 {
      let width = rows.shape[1]
      #expect(rows.bytes[(unit * width)..<((unit + 1) * width)].allSatisfy { $0 == 0 })
      for row in 0..<columns.shape[0] { #expect(columns.bytes[row * columns.shape[1] + unit] == 0) }
    }
    return bias.bytes.indices.filter { bias.bytes[$0] == 1 }
  }

  @Test func aUnitGoesWithWhatReadsIt() throws {
    // Means of units of fc1, 4 weights and a column of three: (4 · s + 1 + 2 + 9) / 7.
    let network = network([5, 1, 6, 7], [1, 2, 9])
    let all = 16 + 12 + 6
    // Unit 1 of fc1 goes first (16 / 7), but for unit 0 of fc2: (4 · 1 + 2 · 1) / 6.
    let first = try pruned(network, .hiddenUnit, .pool(all - 6))
    #expect(try kept(first, 1) == [0, 1, 2, 3] && kept(first, 2) == [1, 2])
    #expect(first.masks.sparsity == 6 / 34.0 && first.masks.isCompanion("fc2.bias"))
    let second = try pruned(network, .hiddenUnit, .pool(all - 6 - 6))
    #expect(try kept(second, 1) == [0, 1, 2, 3] && kept(second, 2) == [2])
    #expect(second.report.layers.map(\.kept) == [16, 4, 2])
  }

  @Test func noFamilyIsEmptiedUnlessAsked() throws {
    let network = network([5, 1, 6, 7], [1, 2, 9])
    let least = try pruned(network, .hiddenUnit, .pool(0))
    #expect(try kept(least, 1) == [3] && kept(least, 2) == [2])
    #expect(least.masks.keptCount == 4 + 1 + 2)
    let three = try pruned(network, .hiddenUnit(coupling: Coupling(floor: 3)), .pool(0))
    #expect(try kept(three, 1) == [0, 2, 3] && kept(three, 2) == [0, 1, 2])
    let empty = try pruned(network, .hiddenUnit(coupling: Coupling(floor: 0)), .pool(0))
    #expect(empty.masks.keptCount == 0)
  }

  @Test func whatStaysIsAMultiple() throws {
    let network = network([5, 1, 6, 7, 8, 9], [1, 2, 9, 10, 11])
    for count in stride(from: 0, through: 60, by: 4) {
      let pruning = try pruned(network, .hiddenUnit(coupling: Coupling(multiple: 2)), .pool(count))
      let (a, b) = (try kept(pruning, 1), try kept(pruning, 2))
      #expect(a.count % 2 == 0 && a.count >= 2 && [2, 4, 5].contains(b.count), "\(a), \(b)")
      // The lowest go.
      #expect(a == Array([0, 2, 3, 4, 5].suffix(a.count)) || a.count == 6)
      #expect(b == Array((0..<5).suffix(b.count)))
    }
    // A family with fewer units than the multiple stays as it is.
    let eight = try pruned(network, .hiddenUnit(coupling: Coupling(multiple: 8)), .pool(0))
    #expect(eight.masks.sparsity == 0)
    #expect(Coupling(multiple: 8).rounded(12, of: 32) == 16 && Coupling(multiple: 8).rounded(11, of: 32) == 8)
    #expect(Coupling(multiple: 8).rounded(3, of: 32) == 8 && Coupling(multiple: 8).rounded(31, of: 31) == 31)
    #expect(Coupling(multiple: 8).rounded(29, of: 30) == 30)
  }

  @Test func ranksGiveEachFamilyItsShare() throws {
    // By score all of fc1 goes first.
    let network = network([1, 2, 3, 4], [50, 60, 70, 80])
    let all = 16 + 16 + 8
    let byScore = try pruned(network, .hiddenUnit, .pool(all - 16))
    #expect(try kept(byScore, 1) == [2, 3] && kept(byScore, 2) == [0, 1, 2, 3])
    let ranked = try pruned(network, .hiddenUnit(coupling: Coupling(ranked: true)), .pool(16))
    #expect(try kept(ranked, 1) == [2, 3] && kept(ranked, 2) == [2, 3])
    // A quota of each layer is one of all, and families give alike.
    let local = try pruned(network, .hiddenUnit, .layers([8, 4, 4]))
    #expect(local.masks == ranked.masks)
  }

  @Test func ranksCountWhatIsGone() throws {
    let network = network([1, 2, 3, 4], [50, 60, 70, 80])
    let granularity = Granularity.hiddenUnit(coupling: Coupling(ranked: true))
    let first = try pruned(network, granularity, .pool(24))
    let context = ScoringContext(
      weights: first.masks.applied(to: network.context.weights), masks: first.masks)
    let second = try Pruner(
      criterion: .magnitude, granularity: granularity, allocation: Allocation("given") { _, _ in .pool(10) }
    ).prune(context, structure: network.structure, to: .sparsity(0))
    #expect(second.masks == (try pruned(network, granularity, .pool(10)).masks))
    #expect(second.masks.isSubset(of: first.masks))
  }

  /// A criterion of rows scores a channel by the rows of all that make it.
  @Test func rowsOfSeveralLayersAreAggregated() throws {
    let weights = ParameterSet([
      ("conv.weight", Tensor(repeating: 1, [2, 1, 1, 1])),
      ("branch.weight", Tensor(repeating: 1, [2, 2, 1, 1])),
    ])
    let structure = NetworkStructure(
      groups: (0..<2).map { channel in
        AxisGroup(
          ["conv.weight", "branch.weight"].map { AxisSlice($0, axis: 0, [channel]) }
            + [AxisSlice("branch.weight", axis: 1, [channel])], labels: ["channel"])
      })
    let masks = MaskSet(weights.map { ($0, Mask(keepingAll: $1.shape)) })
    func kept(_ rows: [String: [Float]], _ aggregate: Granularity.Aggregate = .mean) throws -> [UInt8] {
      let criterion = Criterion("rows", scoresUnits: true, requires: { try $0.requireRows("rows") }) { _ in
        ParameterSet(
          weights.map { name, weight in
            let row = weight.shape.count / 2
            return (
              name, Tensor(weight.shape, (rows[name] ?? []).flatMap { [Float](repeating: $0, count: row) })
            )
          })
      }
      let pruner = Pruner(criterion: criterion, granularity: .channel(aggregate: aggregate))
      try pruner.checkCompatibility(with: masks.layers, structure: structure)
      let pruning = try pruner.prune(
        ScoringContext(weights: weights, masks: masks), structure: structure, to: .sparsity(0.5))
      return try #require(pruning.masks["conv.weight"]).bytes
    }
    // Means 2.5 and 3; maxima 4 and 3.
    let rows: [String: [Float]] = ["conv.weight": [1, 3], "branch.weight": [4, 3]]
    #expect(try kept(rows) == [0, 1] && kept(rows, .maximum) == [1, 0])
  }

  @Test func randomUnitsAreAsManyOfEachFamily() throws {
    let network = network([5, 1, 6, 7, 8, 9], [1, 2, 9, 10, 11])
    let pruning = try pruned(network, .hiddenUnit, .pool(30))
    let counts = try (kept(pruning, 1).count, kept(pruning, 2).count)
    var found: Set<MaskSet> = []
    for seed in 0..<8 as Range<UInt64> {
      let random = try Granularity.hiddenUnit.randomMasks(
        like: pruning.masks, structure: network.structure, seed: seed)
      #expect(random["fc1.bias"]?.keptCount == counts.0 && random["fc2.bias"]?.keptCount == counts.1)
      #expect(random.keptCount == pruning.masks.keptCount)
      found.insert(random)
    }
    #expect(found.count > 4)
  }

  @Test func whatCannotBeReachedIsRefused() throws {
    let network = network([5, 1, 6, 7], [1, 2, 9])
    let layers = network.context.masks.layers
    func most(_ coupling: Coupling) throws -> (least: Int, refusal: String?) {
      let pruner = Pruner(criterion: .magnitude, granularity: .hiddenUnit(coupling: coupling))
      let least = try pruner.leastSurvivors(among: layers, structure: network.structure) {
        network.context.weights[$0]?.shape
      }
      do {
        try pruner.checkReach(0, least: least, of: layers, largest: 7)
        return (least, nil)
      } catch { return (least, "\(error)") }
    }
    // One unit of each: 4 + 1 + 2 of 34 weights; half a unit is as near as units come.
    #expect(try most(Coupling()).least == 7)
    #expect(
      try most(Coupling()).refusal
        == "granularity hidden-unit cannot reach a sparsity of 1.0, at most \(1 - 7 / 34.0): of every family 1 unit stays; "
        + "ask for less, or give it another floor or multiple")
    #expect(try most(Coupling(floor: 0)).least == 0 && most(Coupling(floor: 0)).refusal == nil)
    #expect(try most(Coupling(multiple: 8)).least == 34)
    #expect(try most(Coupling(multiple: 2)).least == 2 * 4 + 2 * 2 + 2 * 2)
    #expect(try most(Coupling(multiple: 8)).refusal?.contains("a multiple of 8 units stays") == true)
  }

  @Test func theyAreSpelledWithTheirRules() throws {
    #expect(Granularity.channel.description == "channel")
    let text = "channel(ranked: true, multiple: 8, floor: 2, aggregate: l2, normalised: true)"
    let granularity = try Granularity(parsing: text)
    #expect(granularity.description == text)
    #expect(granularity.coupling == Coupling(ranked: true, multiple: 8, floor: 2))
    #expect(try Granularity(parsing: "feed-forward-width") == .hiddenUnit)
    for wrong in ["channel(multiple: 0)", "hidden-unit(floor: -1)", "embedding-width(multiple: 1.5)"] {
      #expect(throws: ComponentError.self) { try Granularity(parsing: wrong) }
    }
  }

  // MARK: Heads, branches and blocks

  /// Two attentions of two heads: every weight of a head is its score.
  private func attentions(_ scores: [[Float]]) -> (context: ScoringContext, structure: NetworkStructure) {
    let weights = ParameterSet(
      scores.enumerated().flatMap { layer, heads -> [(name: String, tensor: Tensor)] in
        [
          ("\(layer).in", Tensor([4, 2], heads.flatMap { [Float](repeating: $0, count: 4) })),
          ("\(layer).out", Tensor([1, 4], heads.flatMap { [$0, $0] })),
        ]
      })
    let groups = scores.indices.flatMap { layer in
      [[0, 1], [2, 3]].map { places in
        AxisGroup(
          [AxisSlice("\(layer).in", axis: 0, places), AxisSlice("\(layer).out", axis: 1, places)],
          labels: ["head"])
      }
    }
    let masks = MaskSet(weights.map { ($0.name, Mask(keepingAll: $0.tensor.shape)) })
    return (ScoringContext(weights: weights, masks: masks), NetworkStructure(groups: groups))
  }

  private func heads(_ pruning: Pruning) throws -> [[UInt8]] {
    try (0..<2).map { layer in
      let bytes = try #require(pruning.masks["\(layer).out"]).bytes
      #expect(bytes[0] == bytes[1] && bytes[2] == bytes[3])
      return [bytes[0], bytes[2]]
    }
  }

  @Test func headsAreCoupledWhereItIsAskedFor() throws {
    // Heads of 6 weights; by score those of the first attention go.
    let network = attentions([[1, 2], [5, 4]])
    #expect(try heads(pruned(network, .head, .pool(12))) == [[0, 0], [1, 1]])
    let one = Granularity.head(coupling: Coupling())
    #expect(try heads(pruned(network, one, .pool(12))) == [[0, 1], [1, 0]])
    #expect(try heads(pruned(network, one, .pool(0))) == [[0, 1], [1, 0]])
    let none = Granularity.head(coupling: Coupling(floor: 0))
    #expect(try heads(pruned(network, none, .pool(6))) == [[0, 0], [1, 0]])
    // A layer's quota counts in each attention.
    let unequal = Quota.layers([8, 4, 4, 2])
    #expect(try heads(pruned(network, .head, unequal)) == [[1, 1], [1, 0]])
    let ranked = Granularity.head(coupling: Coupling(ranked: true))
    #expect(try heads(pruned(network, ranked, .pool(12))) == [[0, 1], [1, 0]])
    // Said or not, they are the same components; said, every rule is.
    #expect(Granularity.head.description == "head" && Granularity.head.coupling == nil)
    #expect(one.description == "head(ranked: false, multiple: 1, floor: 1)")
    #expect(try Granularity(parsing: "head(floor: 0)") == none)
    #expect(try Granularity(parsing: "head(ranked: true)") == ranked)
  }

  /// Three branches of one shape and one of another.
  private func branches(_ scores: [Float]) -> (context: ScoringContext, structure: NetworkStructure) {
    let weights = ParameterSet(
      scores.enumerated().flatMap { place, score -> [(name: String, tensor: Tensor)] in
        let width = place < 3 ? 2 : 3
        return [
          ("\(place).norm", Tensor(repeating: 1, [2])),
          ("\(place).up", Tensor(repeating: score, [width, 2])),
          ("\(place).down", Tensor(repeating: score, [2, width])),
        ]
      })
    let groups = scores.indices.map { place in
      let width = place < 3 ? 2 : 3
      return AxisGroup([
        AxisSlice("\(place).norm", axis: 0, [0, 1]), AxisSlice("\(place).up", axis: 0, Array(0..<width)),
        AxisSlice("\(place).down", axis: 0, [0, 1]),
      ])
    }
    let masks = MaskSet(
      weights.filter { !$0.name.hasSuffix("norm") }.map { ($0.name, Mask(keepingAll: $0.tensor.shape)) })
    return (
      ScoringContext(weights: weights, masks: masks), NetworkStructure(branches: groups, blocks: groups)
    )
  }

  @Test func branchesOfTheSameShapesAreOneFamily() throws {
    let network = branches([3, 1, 2, 0.5])
    func kept(_ granularity: Granularity, _ quota: Quota) throws -> [Int] {
      let pruning = try pruned(network, granularity, quota)
      return try (0..<4).filter { place in
        let parts = ["up", "down"].map { pruning.masks["\(place).\($0)"]?.keptCount ?? 0 }
        let norm = pruning.masks["\(place).norm"]?.keptCount ?? 2
        // All of it or nothing, its normalisation with it.
        #expect(
          parts.allSatisfy { $0 > 0 } == (norm == 2) && (parts.allSatisfy { $0 > 0 } || parts == [0, 0]))
        return norm == 2
      }
    }
    // 8, 8, 8 and 12 weights. The only one of its shape stays, and one of the others.
    #expect(try kept(.residualBranch, .pool(28)) == [0, 2, 3])
    #expect(try kept(.residualBranch, .pool(0)) == [0, 3])
    let all = Coupling(floor: 0)
    #expect(try kept(.residualBranch(coupling: all), .pool(24)) == [0, 1, 2])
    #expect(try kept(.residualBlock(coupling: all), .pool(0)) == [])
    // A quota of each layer is one of all: no branch can be halved.
    #expect(try kept(.residualBranch(coupling: all), .layers([3, 3, 3, 3, 3, 3, 5, 5])) == [0, 2, 3])
    let structure = network.structure
    #expect(
      try Granularity.residualBranch.costs(of: network.context.masks.layers, structure: structure) {
        network.context.weights[$0]?.shape
      }.map(\.weights) == [8, 8, 8, 12])
    #expect(try Granularity(parsing: "layer") == .residualBlock)
    #expect(try Granularity(parsing: "residual-branch(floor: 0)") == .residualBranch(coupling: all))
    #expect(throws: PruningError.noUnits(granularity: "residual-branch")) {
      try pruned((network.context, .none), .residualBranch, .pool(0))
    }
  }
}

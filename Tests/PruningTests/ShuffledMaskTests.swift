import CoppicePruning
import CoppiceTensors
import Testing

@Suite struct ShuffledMaskTests {
  /// Masks of whole units: every unit whose word of a pattern is 0 is removed.
  private func masks(_ granularity: Granularity, to sparsity: Double) throws -> MaskSet {
    let pruner = Pruner(criterion: .magnitude, granularity: granularity, allocation: .global)
    let pruned = try pruner.prune(
      Networks.context(), structure: Networks.structure, to: .sparsity(sparsity)
    ).masks
    let prunable = try pruner.prunable(among: pruned, structure: Networks.structure)
    return pruned.filter { pruned.isCompanion($0.name) || prunable[$0.name] != nil }
  }

  @Test(
    arguments: Granularities.all.map { $0 == .nOfM ? .nOfM(keep: 2, of: 4, uneven: .dense) : $0 })
  func keepsTheCountsOfEveryLayerAndNests(granularity: Granularity) throws {
    let sparsities = granularity.name == "n-of-m" ? [0.5] : [0.3, 0.5, 0.7]
    var before: MaskSet?
    for sparsity in sparsities {
      let masks = try masks(granularity, to: sparsity)
      let shuffled = try granularity.shuffledMasks(of: masks, structure: Networks.structure, seed: 3)
      #expect(shuffled.names == masks.names)
      #expect(shuffled.map(\.mask.keptCount) == masks.map(\.mask.keptCount))
      for name in masks.names { #expect(shuffled.isCompanion(name) == masks.isCompanion(name)) }
      if let before { #expect(shuffled.isSubset(of: before)) }
      #expect(
        try granularity.shuffledMasks(of: masks, structure: Networks.structure, seed: 3) == shuffled)
      before = shuffled
    }
  }

  /// One order a layer: what stands at one place before stands at one place behind, whatever the mask.
  @Test func elementsOfALayerChangePlacesByOneOrder() throws {
    func place(of element: Int, seed: UInt64) throws -> Int {
      var bytes = [UInt8](repeating: 0, count: 30)
      bytes[element] = 1
      let mask = MaskSet([("a", Mask([5, 6], bytes))])
      let shuffled = try Granularity.weight.shuffledMasks(of: mask, seed: seed)
      #expect(shuffled.keptCount == 1)
      return try #require(shuffled["a"]?.bytes.firstIndex(of: 1))
    }
    let order = try (0..<30).map { try place(of: $0, seed: 1) }
    #expect(order.sorted() == Array(0..<30) && order != Array(0..<30))
    #expect(try (0..<30).map { try place(of: $0, seed: 2) } != order)
    var bytes = [UInt8](repeating: 0, count: 30)
    for element in 0..<11 { bytes[element] = 1 }
    let shuffled = try Granularity.weight.shuffledMasks(of: MaskSet([("a", Mask([5, 6], bytes))]), seed: 1)
    let found = try #require(shuffled["a"]).bytes.indices.filter { shuffled["a"]?.bytes[$0] == 1 }
    #expect(found == (0..<11).map { order[$0] }.sorted())
    // Not the places that the random mask has.
    #expect(try Granularity.weight.randomMasks(like: shuffled, seed: 1) != shuffled)
  }

  @Test func companionsGoWithTheirUnits() throws {
    let masks = try masks(.neuron, to: 0.5)
    let shuffled = try Granularity.neuron.shuffledMasks(of: masks, structure: Networks.structure, seed: 5)
    let (conv, bias) = (try #require(shuffled["conv.weight"]), try #require(shuffled["conv.bias"]))
    for row in 0..<4 { #expect(conv.bytes[18 * row] == bias.bytes[row]) }
    #expect(bias.keptCount == masks["conv.bias"]?.keptCount)
  }
}

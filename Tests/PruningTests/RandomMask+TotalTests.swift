import CoppicePruning
import CoppiceTensors
import Testing

@Suite struct RandomMaskTotalTests {
  /// Two layers of very different density.
  private func masks(_ kept: (Int, Int)) -> MaskSet {
    MaskSet([
      ("a", Mask([20, 50], (0..<1000).map { $0 < kept.0 ? 1 : 0 })),
      ("b", Mask([10, 20], (0..<200).map { $0 < kept.1 ? 1 : 0 })),
    ])
  }

  @Test func keepsTheTotalAndSpreadsItOverAllLayers() throws {
    let masks = masks((100, 190))
    let random = try Granularity.weight.randomMasks(withTotalOf: masks, seed: 3)
    #expect(random.names == ["a", "b"] && random.keptCount == 290)
    // 1000 of 1200 places are the first layer's: 241.7 ± 5 standard deviations of 5.5.
    let kept = try #require(random["a"]?.keptCount)
    #expect(abs(kept - 242) < 28)
    #expect(try Granularity.weight.randomMasks(withTotalOf: masks, seed: 3) == random)
    #expect(try Granularity.weight.randomMasks(withTotalOf: masks, seed: 4) != random)
    // Of how the total is spread nothing is seen.
    #expect(try Granularity.weight.randomMasks(withTotalOf: self.masks((290, 0)), seed: 3) == random)
  }

  @Test func fewerSurvivorsAreAmongMore() throws {
    var before = try Granularity.weight.randomMasks(withTotalOf: masks((1000, 200)), seed: 3)
    #expect(before.sparsity == 0)
    for kept in [(700, 100), (500, 90), (3, 2)] {
      let random = try Granularity.weight.randomMasks(withTotalOf: masks(kept), seed: 3)
      #expect(random.keptCount == kept.0 + kept.1 && random.isSubset(of: before))
      before = random
    }
  }

  /// Whole neurons, with their biases, to within half a unit of the total, and nested.
  @Test func wholeUnitsComeNearTheTotal() throws {
    let pruner = Pruner(criterion: .magnitude, granularity: .neuron, allocation: .global)
    var before: MaskSet?
    for sparsity in [0.2, 0.4, 0.6] {
      let masks = try pruner.prune(
        Networks.context(), structure: Networks.structure, to: .sparsity(sparsity)
      ).masks
      let prunable = try pruner.prunable(among: masks, structure: Networks.structure)
      let kept = masks.filter { masks.isCompanion($0.name) || prunable[$0.name] != nil }
      let random = try Granularity.neuron.randomMasks(
        withTotalOf: kept, structure: Networks.structure, seed: 5)
      #expect(random.names == kept.names)
      #expect(abs(random.keptCount - kept.keptCount) <= 30)
      if let before { #expect(random.isSubset(of: before)) }
      let (conv, bias) = (try #require(random["conv.weight"]), try #require(random["conv.bias"]))
      for row in 0..<4 { #expect(conv.bytes[18 * row] == bias.bytes[row]) }
      before = random
    }
  }

  @Test func aPatternIsRefused() throws {
    let error = #expect(throws: PruningError.self) {
      try Granularity.nOfM(keep: 2, of: 4).randomMasks(withTotalOf: masks((500, 100)), seed: 1)
    }
    #expect(error?.description.contains("set control=random-mask") == true)
  }
}

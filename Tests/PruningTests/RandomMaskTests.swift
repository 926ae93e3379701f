import CoppicePruning
import CoppiceTensors
import Testing

@Suite struct RandomMaskTests {
  private func ladder(_ granularity: Granularity) throws -> [MaskSet] {
    let pruner = Pruner(criterion: .magnitude, granularity: granularity, allocation: .global)
    var masks = [Networks.context().masks]
    // A pattern has one sparsity.
    if granularity.name == "n-of-m" {
      return [masks[0], try pruner.prune(Networks.context(masks[0]), to: .sparsity(0.5)).masks]
    }
    for target in [PruningTarget.sparsity(0)] + [PruningTarget](repeating: .rate(0.3, times: 1), count: 6) {
      let context = Networks.context(masks[masks.count - 1])
      masks.append(try pruner.prune(context, structure: Networks.structure, to: target).masks)
    }
    // From round 0 on, with companions where there are any.
    return Array(masks.dropFirst())
  }

  @Test(
    arguments: Granularities.all.map {
      $0 == .nOfM ? .nOfM(keep: 2, of: 4, uneven: .dense) : $0
    })
  func keepsAsManyInEveryLayerAndShrinks(granularity: Granularity) throws {
    var before: MaskSet?
    for masks in try ladder(granularity) {
      // What is stored of a round: the masks of what is pruned, and companions.
      let pruner = Pruner(criterion: .magnitude, granularity: granularity)
      let prunable = try pruner.prunable(among: masks, structure: Networks.structure)
      let masks = masks.filter { masks.isCompanion($0.name) || prunable[$0.name] != nil }
      let random = try granularity.randomMasks(like: masks, structure: Networks.structure, seed: 3)
      #expect(random.names == masks.names)
      #expect(random.map(\.mask.keptCount) == masks.map(\.mask.keptCount))
      if let before { #expect(random.isSubset(of: before)) }
      #expect(try granularity.randomMasks(like: masks, structure: Networks.structure, seed: 3) == random)
      for name in masks.names { #expect(random.isCompanion(name) == masks.isCompanion(name)) }
      before = random
    }
  }

  @Test func companionsGoWithTheirUnits() throws {
    let masks = try ladder(.neuron)[1]
    let random = try Granularity.neuron.randomMasks(like: masks, structure: Networks.structure, seed: 5)
    let (conv, bias) = (try #require(random["conv.weight"]), try #require(random["conv.bias"]))
    for row in 0..<4 { #expect(conv.bytes[18 * row] == bias.bytes[row]) }
    #expect((1..<4).contains(bias.keptCount))
    #expect(bias.keptCount == masks["conv.bias"]?.keptCount)
  }

  @Test func layersThatNoUnitCoversAreAnError() throws {
    let masks = try ladder(.head)[2]
    // The convolution is in no head.
    #expect(throws: PruningError.noUnits(granularity: "head")) {
      try Granularity.head.randomMasks(like: masks, structure: Networks.structure, seed: 3)
    }
  }

  @Test func placesFollowTheSeedAndNothingElse() throws {
    let masks = try ladder(.weight)[4]
    let random = try Granularity.weight.randomMasks(like: masks, seed: 3)
    #expect(random != masks)
    #expect(try Granularity.weight.randomMasks(like: masks, seed: 4) != random)
    #expect(try Granularity.weight.randomMasks(like: random, seed: 3) == random)
  }

  @Test func placesAreEvenlySpread() throws {
    // Each of 20 places survives in half of the draws: 1000 ± 5 standard deviations of 22.4.
    let mask = Mask([20], (0..<20).map { UInt8($0 < 10 ? 1 : 0) })
    var survivals = [Int](repeating: 0, count: 20)
    for seed in 0..<2000 {
      let random = try Granularity.weight.randomMasks(like: MaskSet([("a", mask)]), seed: UInt64(seed))
      for (index, byte) in (random["a"]?.bytes ?? []).enumerated() { survivals[index] += Int(byte) }
    }
    #expect(survivals.allSatisfy { abs($0 - 1000) < 112 })
  }
}

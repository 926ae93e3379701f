import CoppicePruning
import CoppiceTensors
import Testing

@Suite struct RandomMaskTests {
  private func ladder(_ granularity: Granularity) throws -> [MaskSet] {
    let pruner = Pruner(criterion: .magnitude, granularity: granularity, allocation: .global)
    var masks = [Networks.context().masks]
    for _ in 0..<6 {
      masks.append(try pruner.prune(Networks.context(masks[masks.count - 1]), to: .rate(0.3, times: 1)).masks)
    }
    return masks
  }

  @Test(arguments: Granularities.all)
  func keepsAsManyInEveryLayerAndShrinks(granularity: Granularity) throws {
    var before: MaskSet?
    for masks in try ladder(granularity) {
      let random = try granularity.randomMasks(like: masks, seed: 3)
      #expect(random.names == masks.names)
      #expect(random.map(\.mask.keptCount) == masks.map(\.mask.keptCount))
      if let before { #expect(random.isSubset(of: before)) }
      #expect(try granularity.randomMasks(like: masks, seed: 3) == random)
      before = random
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

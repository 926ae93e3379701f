import CoppicePruning
import CoppiceTensors
import Testing

/// Results of every shipped component, pinned. Where one of these fails on purpose, raise the version of that component
/// in the same commit: bits changed, and stored results of the old version must not be met again.
@Suite struct DigestTests {
  static let criteria = [
    "magnitude": "1a4a00fe81471400", "random": "951616d39f0ed9e8", "taylor": "6e8a4ff9890f7502",
  ]
  static let granularities = ["weight": "e2c4978a4d1abe65", "neuron": "20085b5d97c2c0a5"]
  static let allocations = [
    "global": "1faa9af74db1bcb9", "layer-wise": "bd0ab4162b4978c6", "erdos-renyi": "845bb574adb8d246",
    "erdos-renyi-kernel": "bf5949b0335dcfc1",
  ]

  @Test(arguments: Criteria.all)
  func criterion(_ criterion: Criterion) throws {
    var digest = Digest()
    for (_, score) in try criterion.scores(in: Networks.context()) {
      for scalar in score.scalars { digest.add(UInt64(scalar.bitPattern)) }
    }
    #expect(digest.text == Self.criteria[criterion.name], "bits changed: raise the version")
    #expect(criterion.specification.version == 1)
  }

  @Test(arguments: Granularities.all)
  func granularity(_ granularity: Granularity) throws {
    var digest = Digest()
    let pruning = try Pruner(criterion: .magnitude, granularity: granularity)
      .prune(Networks.context(), to: .sparsity(0.6))
    digest.add(pruning.masks)
    digest.add(try granularity.randomMasks(like: pruning.masks, seed: 5))
    #expect(digest.text == Self.granularities[granularity.name], "bits changed: raise the version")
    #expect(granularity.specification.version == 1)
  }

  @Test(arguments: Allocations.all)
  func allocation(_ allocation: Allocation) throws {
    var digest = Digest()
    let variant = allocation.name == "layer-wise" ? Allocation.layerWise(output: 0.5) : allocation
    for target in [PruningTarget.sparsity(0.85), .rate(0.3, times: 2)] {
      for layers in [Networks.lenet300, Networks.lenet5, Networks.conv2] {
        switch try variant.quota(for: layers, target: target) {
        case .pool(let total): digest.add(UInt64(total))
        case .layers(let counts): for count in counts { digest.add(UInt64(count)) }
        }
      }
    }
    #expect(digest.text == Self.allocations[allocation.name], "bits changed: raise the version")
    #expect(allocation.specification.version == 1)
  }
}

/// FNV-1a over words.
private struct Digest {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ word: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      state = (state ^ (word >> shift & 0xFF)) &* 0x100_0000_01B3
    }
  }

  mutating func add(_ masks: MaskSet) {
    for (_, mask) in masks { for byte in mask.bytes { add(UInt64(byte)) } }
  }

  var text: String { String(state, radix: 16) }
}

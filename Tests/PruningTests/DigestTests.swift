import CoppicePruning
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Testing

/// Results of every shipped component, pinned. Where one of these fails on purpose, raise the version of that component
/// in the same commit: bits changed, and stored results of the old version must not be met again.
@Suite struct DigestTests {
  static let criteria = [
    "magnitude": Pin(1, "1a4a00fe81471400"), "random": Pin(2, "951616d39f0ed9e8"),
    "taylor": Pin(1, "6e8a4ff9890f7502"), "snip": Pin(1, "bfb612d2c825ff28"),
    "fisher": Pin(1, "2014f9588df43e96"), "wanda": Pin(1, "83b4b2207032fdb1"),
    "optimal-brain-damage": Pin(1, "c8904dabd5aeda73"), "wood-fisher": Pin(1, "25bb2e573ca817d2"),
    "sparse-gpt": Pin(1, "da66aeb9a487ade8"), "chita": Pin(1, "b7b7fbe6a30ad27e"),
    "mean-activation": Pin(1, "2260fb13e9186931"), "apoz": Pin(1, "4217237a0b69df65"),
    "dead-neurons": Pin(1, "9d83fd785ad2d159"), "relevance": Pin(1, "cd5f6cc735fcc78d"),
  ]
  static let granularities = [
    "weight": Pin(1, "e2c4978a4d1abe65"), "neuron": Pin(3, "f315e9caed367945"),
    "head": Pin(2, "fd21c66bea260c05"),
  ]
  static let allocations = [
    "global": Pin(1, "1faa9af74db1bcb9"), "layer-wise": Pin(1, "bd0ab4162b4978c6"),
    "row-wise": Pin(1, "e2d44625de88e77b"),
    "erdos-renyi": Pin(1, "845bb574adb8d246"), "erdos-renyi-kernel": Pin(1, "bf5949b0335dcfc1"),
  ]

  @Test(arguments: Criteria.all)
  func criterion(_ criterion: Criterion) throws {
    var digest = Digest()
    if !criterion.solves {
      for (_, score) in try criterion.scores(in: Networks.context()) { digest.add(score) }
    }
    if criterion.movesSurvivors {
      let pruning = try Pruner(criterion: criterion, allocation: .layerWise)
        .prune(Networks.context(), to: .sparsity(0.6))
      for (_, weight) in try #require(pruning.weights) { digest.add(weight) }
    }
    #expect(Pin(criterion, digest) == Self.criteria[criterion.name], "bits changed: raise the version")
  }

  @Test(arguments: Granularities.all)
  func granularity(_ granularity: Granularity) throws {
    var digest = Digest()
    let pruning = try Pruner(criterion: .magnitude, granularity: granularity)
      .prune(Networks.context(), structure: Networks.structure, to: .sparsity(0.6))
    digest.add(pruning.masks)
    let names = pruning.report.layers.map(\.name)
    let pruned = pruning.masks.filter { names.contains($0.name) || pruning.masks.isCompanion($0.name) }
    digest.add(try granularity.randomMasks(like: pruned, structure: Networks.structure, seed: 5))
    #expect(
      Pin(granularity, digest) == Self.granularities[granularity.name], "bits changed: raise the version")
  }

  /// Version 2 of `neuron` takes companions along, version 3 compares means; which neurons go by their sums is as it was.
  @Test func neuronsWithoutCompanionsAreThoseOfVersionOne() throws {
    var digest = Digest()
    let pruning = try Pruner(criterion: .magnitude, granularity: .neuron(aggregate: .sum))
      .prune(Networks.context(), to: .sparsity(0.6))
    digest.add(pruning.masks)
    digest.add(try Granularity.neuron.randomMasks(like: pruning.masks, seed: 5))
    #expect(digest.text == "20085b5d97c2c0a5")
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
        case .rows(let counts): for count in [1] + counts { digest.add(UInt64(count)) }
        }
      }
    }
    #expect(Pin(allocation, digest) == Self.allocations[allocation.name], "bits changed: raise the version")
  }
}

/// A version and the digest of its results: they change together.
struct Pin: Equatable {
  let version: Int?
  let digest: String

  init(_ version: Int, _ digest: String) {
    self.version = version
    self.digest = digest
  }

  init(_ component: some Component, _ digest: Digest) {
    version = component.specification.version
    self.digest = digest.text
  }
}

extension Digest {
  mutating func add(_ masks: MaskSet) {
    for (_, mask) in masks { for byte in mask.bytes { add(UInt64(byte)) } }
  }
}

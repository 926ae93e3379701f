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
    "geometric-median": Pin(1, "a7a0177552f88655"),
    "gradient-magnitude": Pin(1, "4d7ada4285d28c2f"),
    "grasp": Pin(1, "8a1c808cf40d70c3"),
    "head-importance": Pin(1, "2e32f28d166c840d"),
    "lamp": Pin(1, "d07cffe4f937f46a"),
    "large-final-diff-sign": Pin(1, "35a1e4dea03993f4"),
    "large-final-same-sign": Pin(1, "38b6e4f5f0f73015"),
    "large-init": Pin(1, "3b14d421c957444c"),
    "large-init-large-final": Pin(1, "3f6005a4201755e9"),
    "magnitude-increase": Pin(1, "976b755445667905"),
    "magnitude-increase-same-sign": Pin(1, "e6c1baa3df3b980a"),
    "movement": Pin(1, "1110e4960411699d"),
    "network-slimming": Pin(1, "5d66fce0635769a5"),
    "small-final": Pin(1, "6352d00ac7a88900"),
    "small-init": Pin(1, "c7d3635f7452d94c"),
    "small-init-small-final": Pin(1, "c09191006fe6e8a9"),
    "synflow": Pin(1, "498249bf4b6d99b3"),
    "taylor-activation": Pin(1, "797432ea5b1de9fd"),
    "taylor-gate": Pin(1, "f0909fd92cd5d602"),
    "taylor-squared": Pin(1, "92166d608679c2f2"),
    "optimal-brain-damage": Pin(1, "c8904dabd5aeda73"), "wood-fisher": Pin(1, "a3fa6da27190350c"),
    "sparse-gpt": Pin(1, "aa40305385c90e4e"), "chita": Pin(1, "aed2c011c54be3e8"),
    "mean-activation": Pin(1, "2260fb13e9186931"), "apoz": Pin(1, "4217237a0b69df65"),
    "dead-neurons": Pin(1, "9d83fd785ad2d159"), "merge": Pin(1, "2032abad96914d9f"),
    "relevance": Pin(2, "cd5f6cc735fcc78d"),
  ]
  static let granularities = [
    "weight": Pin(1, "e2c4978a4d1abe65"), "block": Pin(1, "c25868bd1b8459a5"),
    "one-by-n": Pin(1, "5a68c3d65e08a145"), "n-of-m": Pin(1, "a3c26ed086832545"),
    "neuron": Pin(3, "f315e9caed367945"),
    "head": Pin(2, "fd21c66bea260c05"),
    "channel": Pin(1, "11404b026744b285"), "hidden-unit": Pin(1, "256a43fadf4892a5"),
    "embedding-width": Pin(1, "5c4c5b90f0e0c0e5"),
    "coupled-unit": Pin(1, "3687c92c1bfc9945"),
    "residual-branch": Pin(1, "7fc57f984bcba465"), "residual-block": Pin(1, "ccf341356631c765"),
  ]
  static let allocations = [
    "global": Pin(1, "1faa9af74db1bcb9"), "layer-wise": Pin(1, "bd0ab4162b4978c6"),
    "row-wise": Pin(1, "e2d44625de88e77b"),
    "lamp": Pin(1, "3f4335099d15f477"), "owl": Pin(1, "318b0063f375afb5"),
    "sensitivity": Pin(1, "d7b115bf5cb885e5"), "budget": Pin(1, "d98386490940d271"),
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
    // A pattern has one sparsity, and the convolution has two input channels.
    let isPattern = granularity == .nOfM
    let granularity = isPattern ? .nOfM(keep: 2, of: 4, uneven: .dense, permuted: true) : granularity
    let pruning = try Pruner(criterion: .magnitude, granularity: granularity)
      .prune(Networks.context(), structure: Networks.structure, to: .sparsity(isPattern ? 0.5 : 0.6))
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
        case .pool(let total), .flooredPool(let total, _): digest.add(UInt64(total))
        case .layers(let counts): for count in counts { digest.add(UInt64(count)) }
        case .rows(let counts): for count in [1] + counts { digest.add(UInt64(count)) }
        }
      }
    }
    // What a network says of its layers.
    for sparsity in variant.isMeasured ? [0.3, 0.6, 0.9] : [] {
      let pruning = try Pruner(criterion: .magnitude, allocation: variant)
        .prune(Networks.context(), to: .sparsity(sparsity))
      for layer in pruning.report.layers { digest.add(UInt64(layer.kept)) }
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

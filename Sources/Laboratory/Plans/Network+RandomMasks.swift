import CoppiceNetworks
import CoppiceTensors

extension Network {
  /// Masks drawn at random, each weight surviving with the probability `density`; `nil`, a dense network, for 1. For figures that
  /// depend on how many weights survive and not on which: the time of a step.
  package func randomMasks(density: Double) -> MaskSet? {
    if density == 1 { return nil }
    var random = RandomStream(seed: 0, stream: .mask)
    return MaskSet(
      fullMasks.map { name, mask in
        (name, Mask(mask.shape, (0..<mask.count).map { _ in random.bernoulli(Float(density)) ? 1 : 0 }))
      })
  }
}

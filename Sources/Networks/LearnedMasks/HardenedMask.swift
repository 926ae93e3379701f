import CoppiceTensors

/// What is left of a learned mask: which weights survive, what they are worth, and how they were scored.
package struct HardenedMask {
  /// One masked weight.
  struct Weight {
    let name: String
    /// What the gates let through.
    let mask: Mask
    let value: Tensor
    let score: Tensor
    let isRescaled: Bool
  }

  let weights: [Weight]

  /// The masks as the gates have them.
  package var masks: MaskSet { MaskSet(weights.map { ($0.name, $0.mask) }) }

  /// The scores, by which a cut to a ratio goes.
  package var scores: ParameterSet { ParameterSet(weights.map { ($0.name, $0.score) }) }

  /// The parameters of a network under masks, those of the gates or a cut: its own among `parameters`, each masked weight at its worth
  /// and +0 where it is pruned.
  package func parameters(
    of network: Network, among parameters: ParameterSet, under masks: MaskSet
  ) -> ParameterSet {
    var result = ParameterSet(
      network.declarations.compactMap { one in parameters[one.name].map { (one.name, $0) } })
    for weight in weights {
      guard let mask = masks[weight.name] else { continue }
      var value = weight.value
      if weight.isRescaled {
        let factor = Float(mask.count) / Float(max(1, mask.keptCount))
        value = Tensor(value.shape, value.scalars.map { $0 * factor })
      }
      result[weight.name] = value
    }
    return masks.applied(to: result)
  }
}

import CoppiceTensors

extension Invariant {
  /// Tested at every evaluation on what the forward pass of a step reads.
  static let inactiveWeights = Invariant(
    "inactive-weights",
    "An inactive weight counts as exactly 0 in every forward pass.",
    training: { sight in
      guard let masks = sight.masks?.active, let forward = sight.forward else { return nil }
      for (name, mask) in masks {
        guard let weight = forward[name] else { return .broken("there is no \(name)") }
        if mask.isZeroOutside(weight) { continue }
        let wrong = Differences(weight, where: mask, is: 0) { $1 != 0 }
        guard wrong.count == 0 else {
          return .broken("\(wrong.text(of: name)) are inactive and not 0: \(weight.scalars[wrong.first])")
        }
      }
      return .held
    })
}

extension Mask {
  /// Whether a weight is 0, of either sign, wherever this mask is 0. It is asked at every evaluation, and has no branches.
  fileprivate func isZeroOutside(_ weight: Tensor) -> Bool {
    guard weight.scalars.count == bytes.count else { return false }
    return weight.scalars.withUnsafeBufferPointer { scalars in
      bytes.withUnsafeBufferPointer { bytes in
        var found: UInt32 = 0
        for place in 0..<bytes.count { found |= bytes[place] == 0 ? scalars[place].bitPattern << 1 : 0 }
        return found == 0
      }
    }
  }
}

extension Invariant {
  /// Tested at every evaluation on what the forward pass of a step reads.
  static let inactiveWeights = Invariant(
    "inactive-weights",
    "An inactive weight counts as exactly 0 in every forward pass.",
    training: { sight in
      guard let masks = sight.masks?.active, let forward = sight.forward else { return nil }
      for (name, mask) in masks {
        guard let weight = forward[name] else { return .broken("there is no \(name)") }
        let wrong = Differences(weight, where: mask, is: 0) { $1 != 0 }
        guard wrong.count == 0 else {
          return .broken("\(wrong.text(of: name)) are inactive and not 0: \(weight.scalars[wrong.first])")
        }
      }
      return .held
    })
}

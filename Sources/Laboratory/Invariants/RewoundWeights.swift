import CoppiceTensors

extension Invariant {
  /// Tested once, before the first step, against the weights that were stored.
  static let rewoundWeights = Invariant(
    "rewound-weights",
    "Survivors of a rewind have the bits of the step that they go back to.",
    training: { sight in
      guard let (step, origin) = sight.origin, let parameters = sight.parameters else { return nil }
      for (name, weight) in parameters {
        guard let wanted = origin[name] else { return .broken("step \(step) has no \(name)") }
        let trained = sight.masks.map { $0.trained ?? $0.active }
        let wrong = Differences(weight, from: wanted, where: trained?[name], is: 1)
        guard wrong.count == 0 else {
          return .broken("\(wrong.text(of: name)) that survive are not those of step \(step)")
        }
      }
      return .held
    })
}

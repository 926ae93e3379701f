import CoppiceTensors

extension Invariant {
  /// Tested at every evaluation, against the weights when the masks were set.
  static let untrainedWeights = Invariant(
    "untrained-weights",
    "A weight that is not trained keeps its bits.",
    training: { sight in
      guard let trained = sight.masks?.trained, let frozen = sight.frozen,
        let parameters = sight.parameters
      else { return nil }
      for (name, mask) in trained {
        guard let weight = parameters[name], let before = frozen[name] else {
          return .broken("there is no \(name)")
        }
        let wrong = Differences(weight, from: before, where: mask, is: 0)
        guard wrong.count == 0 else {
          return .broken("\(wrong.text(of: name)) are not trained and have moved")
        }
      }
      return .held
    })
}

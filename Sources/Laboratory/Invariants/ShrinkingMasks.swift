import CoppiceTensors

extension Invariant {
  /// From round to round, and inside a training where its dynamics says so.
  static let shrinkingMasks = Invariant(
    "shrinking-masks",
    "A weight that was removed does not come back, unless the method regrows by design.",
    training: { sight in
      guard let before = sight.before, let masks = sight.masks?.active else { return nil }
      return masks.shrunk(from: before)
    },
    round: { sight in
      guard let before = sight.before, let masks = sight.masks else { return nil }
      return masks.shrunk(from: before)
    })
}

extension MaskSet {
  /// Whether no weight is kept that masks before these did not keep.
  fileprivate func shrunk(from before: MaskSet) -> Invariant.Finding {
    for (name, mask) in self {
      guard let old = before[name] else {
        // A companion without a mask was whole.
        if isCompanion(name) { continue }
        return .broken("\(name) had no mask before")
      }
      let back = zip(mask.bytes, old.bytes).count { $0 > $1 }
      guard back == 0, mask.shape == old.shape else { return .broken("\(back) of \(name) have come back") }
    }
    return .held
  }
}

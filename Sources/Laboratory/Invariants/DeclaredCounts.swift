extension Invariant {
  /// Tested at every evaluation, on the masks that the training has then.
  static let declaredCounts = Invariant(
    "declared-counts",
    "As many weights are active as the dynamics declares.",
    training: { sight in
      guard let (count, slack) = sight.declared, let found = sight.masks?.active.keptCount else { return nil }
      return abs(found - count) <= slack
        ? .held : .broken("\(found) weights are active, and \(count) are declared")
    })
}

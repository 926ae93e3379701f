import CoppiceTerms

extension Criterion {
  /// −|w₀|: the weights that were largest before any training go first.
  ///
  /// Zhou et al., "Deconstructing lottery tickets", NeurIPS 2019: mask criterion `small_init`.
  public static let smallInit = Criterion(
    "small-init", version: 1, needs: .initialWeights, keepsScores: false
  ) { context in
    try context.scoreEachFromInitial { _, initial in -initial.magnitude }
  }
}

extension Shipped<Criterion> {
  static let smallInit = Shipped(.smallInit, "−|initial weight|", paper: "Zhou et al. 2019")
}

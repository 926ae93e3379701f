import CoppiceTerms

extension Criterion {
  /// |w₀|, the magnitude of the weight before any training.
  ///
  /// H. Zhou, J. Lan, R. Liu, J. Yosinski, "Deconstructing lottery tickets: zeros, signs, and the supermask", NeurIPS 2019: mask
  /// criterion `large_init`. Their `large_final` is `magnitude`. All their criteria keep the largest of each layer, which is for
  /// the allocation to say.
  public static let largeInit = Criterion(
    "large-init", version: 1, needs: .initialWeights, keepsScores: false
  ) { context in
    try context.scoreEachFromInitial { _, initial in initial.magnitude }
  }
}

extension Shipped<Criterion> {
  static let largeInit = Shipped(.largeInit, "|initial weight|", paper: "Zhou et al. 2019")
}

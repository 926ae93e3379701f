import CoppiceTerms

extension Criterion {
  /// Minus the higher of two ranks in the layer, that of |w₀| and that of |w|: what was large before or after the training goes
  /// first.
  ///
  /// Zhou et al., "Deconstructing lottery tickets", NeurIPS 2019: mask criterion `small_init_small_final`, −max(α|w|, |w₀|), with
  /// ranks as in `largeInitLargeFinal`.
  public static let smallInitSmallFinal = Criterion(
    "small-init-small-final", version: 1, needs: .initialWeights
  ) { context in
    try context.scoreEachByRanks { initial, final in -max(initial, final) }
  }
}

extension Shipped<Criterion> {
  static let smallInitSmallFinal = Shipped(
    .smallInitSmallFinal, "minus the higher rank in the layer, of |initial weight| and |weight|",
    paper: "Zhou et al. 2019")
}

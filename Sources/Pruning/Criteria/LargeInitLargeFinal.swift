import CoppiceTerms

extension Criterion {
  /// The lower of two ranks in the layer, that of |w₀| and that of |w|: what was large before the training and is large after it.
  ///
  /// A rank is the share of the layer's survivors that are smaller. Equal weights have equal ranks.
  ///
  /// Zhou et al., "Deconstructing lottery tickets", NeurIPS 2019: mask criterion `large_init_large_final`, min(α|w|, |w₀|). Their
  /// code keeps what is above one percentile of both, and looks for the percentile that keeps as many as it should: by ranks that
  /// percentile is exact.
  public static let largeInitLargeFinal = Criterion(
    "large-init-large-final", version: 1, needs: .initialWeights
  ) { context in
    try context.scoreEachByRanks { initial, final in min(initial, final) }
  }
}

extension Shipped<Criterion> {
  static let largeInitLargeFinal = Shipped(
    .largeInitLargeFinal, "the lower rank in the layer, of |initial weight| and |weight|",
    paper: "Zhou et al. 2019")
}

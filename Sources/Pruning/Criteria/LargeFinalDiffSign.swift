import CoppiceTerms

extension Criterion {
  /// max(0, −w · w₀ / |w₀|): |w| where training changed the sign of a weight, else 0.
  ///
  /// Zhou et al., "Deconstructing lottery tickets", NeurIPS 2019: mask criterion `large_final_diff_sign`, the opposite of
  /// `large_final_same_sign` and their control for it. All weights that kept their sign are equal, and so are those that were 0 or
  /// are: the seed decides among them.
  public static let largeFinalDiffSign = Criterion(
    "large-final-diff-sign", version: 1, needs: .initialWeights, keepsScores: false
  ) { context in
    try context.scoreEachFromInitial { weight, initial in
      (weight > 0 && initial < 0) || (weight < 0 && initial > 0) ? weight.magnitude : 0
    }
  }
}

extension Shipped<Criterion> {
  static let largeFinalDiffSign = Shipped(
    .largeFinalDiffSign, "|weight| where its sign is not that of the initial weight, else 0",
    paper: "Zhou et al. 2019")
}

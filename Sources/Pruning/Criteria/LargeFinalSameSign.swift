import CoppiceTerms

extension Criterion {
  /// max(0, w · w₀ / |w₀|): |w| where training kept the sign of a weight, else 0.
  ///
  /// Zhou et al., "Deconstructing lottery tickets", NeurIPS 2019: mask criterion `large_final_same_sign`, the best of theirs on
  /// untrained weights. All weights that changed sign are equal, and so are those that were 0 or are: the seed decides among
  /// them.
  public static let largeFinalSameSign = Criterion(
    "large-final-same-sign", version: 1, needs: .initialWeights, keepsScores: false
  ) { context in
    try context.scoreEachFromInitial { weight, initial in
      (weight > 0 && initial > 0) || (weight < 0 && initial < 0) ? weight.magnitude : 0
    }
  }
}

extension Shipped<Criterion> {
  static let largeFinalSameSign = Shipped(
    .largeFinalSameSign, "|weight| where its sign is that of the initial weight, else 0",
    paper: "Zhou et al. 2019")
}

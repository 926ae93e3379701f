import CoppiceTerms

extension Criterion {
  /// max(0, w₀ · (w − w₀) / |w₀|): by how much training made a weight larger without a change of sign, else 0.
  ///
  /// Zhou et al., "Deconstructing lottery tickets", NeurIPS 2019: mask criterion `magnitude_increase_same_sign`, as the paper
  /// writes it. Their code sets weights of the wrong sign to 0 among scores that may be negative, so that these outrank weights
  /// that shrank. Here all of them are 0, and the seed decides among them.
  public static let magnitudeIncreaseSameSign = Criterion(
    "magnitude-increase-same-sign", version: 1, needs: .initialWeights, keepsScores: false
  ) { context in
    try context.scoreEachFromInitial { weight, initial in
      initial == 0 ? 0 : max(0, initial > 0 ? weight - initial : initial - weight)
    }
  }
}

extension Shipped<Criterion> {
  static let magnitudeIncreaseSameSign = Shipped(
    .magnitudeIncreaseSameSign, "the growth of |weight| where its sign is that of the initial weight, else 0",
    paper: "Zhou et al. 2019")
}

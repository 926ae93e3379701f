import CoppiceTerms

extension Criterion {
  /// |w| − |w₀|, by how much training made a weight larger.
  ///
  /// Zhou et al., "Deconstructing lottery tickets", NeurIPS 2019: mask criterion `magnitude_increase`. Before any training all
  /// scores are 0, and the seed decides.
  public static let magnitudeIncrease = Criterion(
    "magnitude-increase", version: 1, needs: .initialWeights, keepsScores: false
  ) { context in
    try context.scoreEachFromInitial { weight, initial in weight.magnitude - initial.magnitude }
  }
}

extension Shipped<Criterion> {
  static let magnitudeIncrease = Shipped(
    .magnitudeIncrease, "|weight| − |initial weight|", paper: "Zhou et al. 2019")
}

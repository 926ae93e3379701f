import CoppiceTerms

extension Criterion {
  /// |w − w₀|, how far training moved a weight.
  ///
  /// Zhou et al., "Deconstructing lottery tickets", NeurIPS 2019: mask criterion `movement`. Before any training all scores are
  /// 0, and the seed decides. Movement pruning (V. Sanh, T. Wolf, A. Rush, NeurIPS 2020) is another method: it adds up −w ·
  /// ∂L/∂w during a training.
  public static let movement = Criterion(
    "movement", version: 1, needs: .initialWeights, keepsScores: false
  ) { context in
    try context.scoreEachFromInitial { weight, initial in (weight - initial).magnitude }
  }
}

extension Shipped<Criterion> {
  static let movement = Shipped(.movement, "|weight − initial weight|", paper: "Zhou et al. 2019")
}

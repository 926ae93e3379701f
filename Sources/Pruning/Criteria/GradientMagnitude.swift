import CoppiceTerms

extension Criterion {
  /// |∂L/∂w|, L being the mean loss on a batch of training data: how strongly the loss pulls at a weight, whatever the weight is.
  ///
  /// Mask criterion `grad` of the code of H. Zhou, J. Lan, R. Liu, J. Yosinski, "Deconstructing lottery tickets: zeros, signs,
  /// and the supermask", NeurIPS 2019, which has it on all training data. U. Evci et al., "Rigging the lottery", ICML 2020,
  /// grow weights by it.
  public static let gradientMagnitude = Criterion("gradient-magnitude", version: 1, needs: .gradients) {
    context in
    try context.scoreEach(from: .gradients) { _, gradient in gradient.magnitude }
  }
}

extension Shipped<Criterion> {
  static let gradientMagnitude = Shipped(
    .gradientMagnitude, "|gradient of the mean loss|", paper: "Zhou et al. 2019")
}

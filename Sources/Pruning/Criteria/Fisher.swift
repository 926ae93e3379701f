import CoppiceTerms

extension Criterion {
  /// ½ · w² · 1/N · Σₙ (∂Lₙ/∂w)², the sum being over the N examples of a batch, each with a loss of its own: what the loss would
  /// rise by, to second order, if the weight were set to 0, the diagonal of the Fisher information standing in for that of the
  /// Hessian.
  ///
  /// L. Theis, I. Korshunova, A. Tejani, F. Huszár, "Faster gaze prediction with dense networks and Fisher pruning", 2018. The
  /// paper prunes feature maps, with gradients by a gate on each, and weighs the loss against FLOPs; this is its form for single
  /// weights without that term. Of a whole unit the sum leaves out what its weights have in common. Labels are those of the data,
  /// not drawn from the network, so it is the empirical Fisher information.
  public static let fisher = Criterion("fisher", version: 1, needs: .evidence(.squaredGradients)) { context in
    try context.scoreEach(from: .squaredGradients) { weight, square in
      Float(0.5 * Double(weight) * Double(weight) * Double(square))
    }
  }
}

extension Shipped<Criterion> {
  static let fisher = Shipped(
    .fisher, "½ weight² · mean squared gradient of the examples", paper: "Theis et al. 2018")
}

import CoppiceTerms

extension Criterion {
  /// ½ · w² · 1/N · Σₙ (∂Lₙ/∂w)² over the N examples of a batch, each with a loss Lₙ of its own. By so much the loss would rise, to
  /// second order, if the weight were set to 0. The diagonal of the Fisher information stands in for that of the Hessian.
  ///
  /// L. Theis, I. Korshunova, A. Tejani, F. Huszár, "Faster gaze prediction with dense networks and Fisher pruning", 2018. The
  /// paper prunes feature maps, by the gradient at a gate on each, and weighs the loss against FLOPs. This is its form for single
  /// weights, without FLOPs. Added up over a unit it leaves out the products of two of its weights. Labels are those of the data and
  /// not drawn from the network, so this is the empirical Fisher information.
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

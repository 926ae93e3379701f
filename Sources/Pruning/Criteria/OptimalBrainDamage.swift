import CoppiceTerms

extension Criterion {
  /// Optimal brain damage: ½ · h · w², h being the second derivative of the loss by the weight. By so much the loss would rise, to
  /// second order, if the weight were set to 0 at a minimum and no other moved.
  ///
  /// Y. LeCun, J. Denker, S. Solla, "Optimal brain damage", NIPS 1989. The diagonal here is that of the Gauss–Newton matrix, which the
  /// paper calls the Levenberg–Marquardt approximation: it leaves out the curvature of the network's own functions and, of a loss that
  /// is convex in the logits, is never negative but for rounding. For rectifiers, poolings, linear layers and convolutions nothing is left out, and it is the diagonal of the Hessian.
  /// The paper passes second derivatives back layer by layer and drops, at every unit, what two units have in common; here nothing of
  /// the kind is dropped. Each example is passed back twice a logit, so networks with many logits an example are refused.
  public static let optimalBrainDamage = Criterion(
    "optimal-brain-damage", version: 1, needs: .evidence(.curvatureDiagonal)
  ) { context in
    try context.scoreEach(from: .curvatureDiagonal) { weight, curvature in
      Float(0.5 * Double(curvature) * Double(weight) * Double(weight))
    }
  }
}

extension Shipped<Criterion> {
  static let optimalBrainDamage = Shipped(
    .optimalBrainDamage, "½ second derivative · weight²", paper: "LeCun et al. 1990", aliases: ["obd"])
}

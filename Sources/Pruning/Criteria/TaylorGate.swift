import CoppiceTerms

extension Criterion {
  /// (Σ w · ∂L/∂w)², the sum being over the surviving weights of a unit: the square of ∂L/∂z at a gate z = 1 that all of them are
  /// multiplied by. Single weights are (w · ∂L/∂w)².
  ///
  /// P. Molchanov, A. Mallya, S. Tyree, I. Frosio, J. Kautz, "Importance estimation for neural network pruning", CVPR 2019: the
  /// form of a gate, best in the paper where the gate stands behind a batch normalisation. Here it stands before one, and
  /// before the bias. Weights of a unit may cancel, as they do in `taylor-squared` never. The unit's score is what is said
  /// here, whatever aggregate the granularity has. The paper squares the gradient of each batch; here it is that of all scoring
  /// data at once.
  public static let taylorGate = Criterion(
    "taylor-gate", version: 1, needs: .gradients, squaresSums: true
  ) { context in
    try context.scoreEach(from: .gradients) { weight, gradient in weight * gradient }
  }
}

extension Shipped<Criterion> {
  static let taylorGate = Shipped(
    .taylorGate, "(sum of weight · gradient over a unit)²: the gradient at a gate",
    paper: "Molchanov et al. 2019")
}

import CoppiceTerms

extension Criterion {
  /// (w · ∂L/∂w)², the square of the change of the loss to first order if the weight were set to 0.
  ///
  /// P. Molchanov, A. Mallya, S. Tyree, I. Frosio, J. Kautz, "Importance estimation for neural network pruning", CVPR 2019, eq.
  /// 8: the importance of a unit is the sum over its weights, Σ (w · ∂L/∂w)², which is `neuron(aggregate: sum)`; the mean has
  /// the same order within a layer. The paper squares the gradient of each batch, averages over batches, and lets averages fade
  /// between prunings. Here the gradient is that of all scoring data at once. Single weights have the order of `taylor`.
  public static let taylorSquared = Criterion("taylor-squared", version: 1, needs: .gradients) { context in
    try context.scoreEach(from: .gradients) { weight, gradient in
      let product = Double(weight) * Double(gradient)
      return Float(product * product)
    }
  }
}

extension Shipped<Criterion> {
  static let taylorSquared = Shipped(
    .taylorSquared, "(weight · gradient)², to be added up over a unit", paper: "Molchanov et al. 2019")
}

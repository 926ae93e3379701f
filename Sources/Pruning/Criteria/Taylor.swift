import CoppiceTerms

extension Criterion {
  /// |w · ∂L/∂w|, the change of the loss to first order if the weight were set to 0, L being the mean loss on a
  /// batch of training data.
  ///
  /// This is the form that takes the absolute value weight by weight. Before any training it is SNIP's connection
  /// sensitivity up to SNIP's normalisation, which changes no order (N. Lee, T. Ajanthan, P. Torr, "SNIP: single-shot
  /// network pruning based on connection sensitivity", ICLR 2019). P. Molchanov et al., "Importance estimation for
  /// neural network pruning", CVPR 2019, square it, (w · ∂L/∂w)²: single weights have the same order then, and whole units another.
  /// Theirs on a gate, (Σ w · ∂L/∂w)², is another criterion altogether.
  public static let taylor = Criterion("taylor", version: 1, needs: .gradients) { context in
    try context.scoreEach(from: .gradients) { weight, gradient in abs(weight * gradient) }
  }
}

extension Shipped<Criterion> {
  static let taylor = Shipped(
    .taylor, "|weight · gradient|, the loss's change to first order", paper: "Molchanov et al. 2019")
}

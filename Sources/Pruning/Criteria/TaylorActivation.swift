import CoppiceTerms

extension Criterion {
  /// The mean over examples n of |1/M · Σ y · ∂Lₙ/∂y|, the sum being over the M positions of a feature map y: how much the loss
  /// would change, to first order, if the map were 0. One score a filter.
  ///
  /// P. Molchanov, S. Tyree, T. Karras, T. Aila, J. Kautz, "Pruning convolutional neural networks for resource efficient
  /// inference", ICLR 2017. A rectifier behind y changes nothing of it. Where a normalisation stands between, the map is that
  /// before it. The paper divides the scores of a layer by their L2 norm: `neuron(normalised: true)`.
  public static let taylorActivation = Criterion(
    "taylor-activation", version: 1, needs: .evidence(.activationGates), scoresUnits: true,
    requires: { try $0.requireRows("taylor-activation") }
  ) { context in try context.scoreRows(from: .activationGates) }
}

extension Shipped<Criterion> {
  static let taylorActivation = Shipped(
    .taylorActivation, "|activation · gradient| of a feature map, by example", paper: "Molchanov et al. 2017")
}

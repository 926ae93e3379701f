import CoppiceTerms

extension Criterion {
  /// The mean magnitude of what a unit gives over examples and positions: one score a unit. A unit is a row of a weight, a neuron or a
  /// filter, and what it gives is taken behind the normalisation and the rectifier that follow it.
  ///
  /// P. Molchanov et al., "Pruning convolutional neural networks for resource efficient inference", ICLR 2017, has the mean of
  /// activations among its criteria. Behind a rectifier the mean is that of magnitudes; elsewhere positive and negative outputs would
  /// cancel.
  public static let meanActivation = Criterion(
    "mean-activation", version: 1, needs: .evidence(.outputMagnitudes), scoresUnits: true,
    requires: { try $0.requireRows("mean-activation") }
  ) { context in try context.scoreRows(from: .outputMagnitudes) }
}

extension Shipped<Criterion> {
  static let meanActivation = Shipped(
    .meanActivation, "the mean magnitude of a unit's output", paper: "Molchanov et al. 2017")
}

import CoppiceTensors
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
    requires: { try $0.requireRows(for: "mean-activation") }
  ) { context in try context.scoreRows(from: .outputMagnitudes) }
}

extension Shipped<Criterion> {
  static let meanActivation = Shipped(
    .meanActivation, "the mean magnitude of a unit's output", paper: "Molchanov et al. 2017")
}

extension PruningSetup {
  /// Refuses granularities whose units are not what a criterion of activations has scores for.
  func requireRows(for criterion: String) throws(PruningError) {
    guard !prunesRows else { return }
    throw refuse(
      "it scores what a neuron or a filter gives, and granularity \(granularity.name) prunes other units; use granularity "
        + "neuron", for: criterion)
  }
}

extension ScoringContext {
  /// The score of a row for each of its weights, made of what an evidence found for each row of a weight, `[out]`.
  func scoreRows(from evidence: Evidence) throws -> ParameterSet {
    try scoreEach { name, weight in
      let values = try self.evidence(evidence, for: name)
      guard weight.shape.rank > 0, values.shape == [weight.shape[0]] else {
        throw PruningError.evidenceShape(values.shape, of: name, shape: weight.shape, evidence: evidence.name)
      }
      let length = weight.shape.count / max(1, weight.shape[0])
      return Tensor(weight.shape, values.scalars.flatMap { [Float](repeating: $0, count: length) })
    }
  }
}

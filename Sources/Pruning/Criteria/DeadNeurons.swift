import CoppiceTerms

extension Criterion {
  /// The largest magnitude that a unit gives over all examples and positions: exactly 0 for a dead unit, which can go without a
  /// trace. The others follow by how far they ever open. One score a unit, as `meanActivation` has it.
  ///
  /// G. Sokar et al., "The dormant neuron phenomenon in deep reinforcement learning", ICML 2023, calls a unit dormant by the mean of
  /// its output relative to its layer's. At a threshold of 0 its dormant units are the dead ones here.
  public static let deadNeurons = Criterion(
    "dead-neurons", version: 1, needs: .evidence(.outputMaxima), scoresUnits: true,
    requires: { try $0.requireRows("dead-neurons") }
  ) { context in try context.scoreRows(from: .outputMaxima) }
}

extension Shipped<Criterion> {
  static let deadNeurons = Shipped(
    .deadNeurons, "the largest output of a unit: dead units go first", paper: "Sokar et al. 2023")
}

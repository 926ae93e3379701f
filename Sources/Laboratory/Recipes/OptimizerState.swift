/// What the optimizer of a retraining begins with.
public enum OptimizerState: String, Hashable, Sendable, CaseIterable {
  /// Moments of 0, as in a training from fresh weights.
  case fresh
  /// The moments that the training before has left, and its count of steps for their correction. What is pruned has none, and of a
  /// network that is compacted those of what is left go along.
  case kept
}

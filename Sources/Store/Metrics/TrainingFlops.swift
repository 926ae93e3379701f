extension Metric {
  /// FLOPs of all training up to the end of the round: of the steps that were made, each under the masks of its time. A step is
  /// forward pass, loss, gradients and optimizer; of a pruned weight's share nothing counts. Evaluations and scores count nothing.
  package static let trainingFlops = Metric(
    Quantity("training_flops", "training FLOPs", unit: .flops), isLowerBetter: true,
    .round { $0.trainingFlops.map(Double.init) ?? .nan })
}

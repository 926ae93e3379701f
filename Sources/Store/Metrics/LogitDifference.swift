extension Metric {
  /// The largest difference between the logits of the compacted network that was trained and of the masked network it was made from, in
  /// largest logits. NaN where nothing was cut out before the training.
  package static let logitDifference = Metric(
    Quantity("logit_difference", "difference of logits, compacted"), isLowerBetter: true,
    .round { $0.compaction?.difference ?? .nan })
}

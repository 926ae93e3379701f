/// Whether a pruned network is trained on as it is, or as the smaller one that is left of it.
public enum Compaction: String, Hashable, Sendable, CaseIterable {
  /// Shapes stay as they are.
  case none
  /// After a pruning, units of which nothing is left are cut out: channels, hidden units, heads, features. What follows is trained and
  /// measured with smaller arrays, and has the results of the masked network up to rounding. Stored weights have their whole shapes.
  case afterPruning = "after-pruning"
}

extension Metric {
  /// 1 for a network that is at chance on the test set, else 0: it predicts one class for 99 % of the examples or more, or is not
  /// right more often than the largest class is there.
  package static let chance = Metric(
    Quantity("chance", "at chance", unit: .count), isLowerBetter: true,
    .evaluation(.test) { $0.count == 0 ? .nan : $0.isAtChance ? 1 : 0 })
}

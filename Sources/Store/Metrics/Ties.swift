extension Metric {
  /// How many of the weights that the round's pruning removed are ties: weights compared with them have the same score and stay, so
  /// that the seed decided which went. Where masks move inside a training, it is the sum over its prunings.
  package static let ties = Metric(
    Quantity("ties", "ties among the removed", unit: .count), isLowerBetter: true,
    .round { $0.ties.map { Double($0) } ?? .nan })
}

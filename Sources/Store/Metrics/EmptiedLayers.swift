extension Metric {
  /// The number of prunable layers in which nothing survives. A shortcut may lead past them.
  package static let emptiedLayers = Metric(
    Quantity("emptied_layers", unit: .count), isLowerBetter: true,
    .round { $0.paths.map { Double($0.emptiedLayers) } ?? .nan })
}

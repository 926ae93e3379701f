import CoppiceTerms

extension CostTarget {
  /// The prunable weights: the ratio is the sparsity.
  public static let weights = CostTarget("weights", .weights)
}

extension Shipped<CostTarget> {
  static let weights = Shipped(.weights, "the ratio is the fraction of the prunable weights that goes")
}

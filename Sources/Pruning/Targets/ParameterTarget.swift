import CoppiceTerms

extension CostTarget {
  /// All parameters of the network, biases and normalisations among them. Of units those count that are left where pruned ones are cut out; where
  /// single weights are pruned, those that are not pruned.
  public static let parameters = CostTarget("parameters", .parameters)

  /// The same with a share that goes, 0 ≤ share < 1, in place of the trial's sparsity.
  public static func parameters(_ share: Double) -> CostTarget {
    CostTarget("parameters", .parameters, .share(share))
  }

  /// The same with what is left at most, in place of the trial's sparsity.
  public static func parameters(atMost most: Double) -> CostTarget {
    CostTarget("parameters", .parameters, .atMost(most))
  }
}

extension Shipped<CostTarget> {
  static let parameters = Shipped(.parameters, "the ratio is the fraction of all parameters that goes") {
    fields in
    CostTarget("parameters", .parameters, try fields.aim(atMost: 250_000))
  }
}

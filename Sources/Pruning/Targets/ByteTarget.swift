import CoppiceTerms

extension CostTarget {
  /// Bytes of the parameters and running statistics of the network without its pruned units, four a number.
  public static let bytes = CostTarget("bytes", .bytes)

  /// The same with a share that goes, 0 ≤ share < 1, in place of the trial's sparsity.
  public static func bytes(_ share: Double) -> CostTarget { CostTarget("bytes", .bytes, .share(share)) }

  /// The same with what is left at most, in place of the trial's sparsity.
  public static func bytes(atMost most: Double) -> CostTarget { CostTarget("bytes", .bytes, .atMost(most)) }
}

extension Shipped<CostTarget> {
  static let bytes = Shipped(
    .bytes, "the ratio is the fraction of the bytes of weights and statistics that goes"
  ) { fields in
    CostTarget("bytes", .bytes, try fields.aim(atMost: 1_000_000))
  }
}

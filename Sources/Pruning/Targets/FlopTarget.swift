import CoppiceTerms

extension CostTarget {
  /// Floating-point operations of one example's forward pass, 2 × multiply-adds. Of units they are those of the network without the pruned ones:
  /// where channels go on both sides of a convolution, the product of what stays counts. Where single weights are pruned, products with
  /// pruned weights are left out.
  public static let flops = CostTarget("flops", .flops)

  /// The same with a share that goes, 0 ≤ share < 1, in place of the trial's sparsity.
  public static func flops(_ share: Double) -> CostTarget { CostTarget("flops", .flops, .share(share)) }

  /// The same with what is left at most, in place of the trial's sparsity.
  public static func flops(atMost most: Double) -> CostTarget { CostTarget("flops", .flops, .atMost(most)) }
}

extension Shipped<CostTarget> {
  static let flops = Shipped(.flops, "the ratio is the fraction of the operations that goes") { fields in
    CostTarget("flops", .flops, try fields.aim(atMost: 10_000_000))
  }
}

import CoppiceTerms

extension CostTarget {
  /// What the granularity makes: neurons, channels, heads. The ratio is the fraction of the units that goes, of whatever size.
  public static let units = CostTarget("units", .units)

  /// The same with a share that goes, 0 ≤ share < 1, in place of the trial's sparsity.
  public static func units(_ share: Double) -> CostTarget { CostTarget("units", .units, .share(share)) }

  /// The same with what is left at most, in place of the trial's sparsity.
  public static func units(atMost most: Double) -> CostTarget { CostTarget("units", .units, .atMost(most)) }
}

extension Shipped<CostTarget> {
  static let units = Shipped(.units, "the ratio is the fraction of the units that goes") { fields in
    CostTarget("units", .units, try fields.aim(atMost: 100))
  }
}

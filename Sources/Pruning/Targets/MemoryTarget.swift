import CoppiceTerms

extension CostTarget {
  /// The memory of one example's forward pass.
  public static let memory = memory()

  /// The most memory that a forward pass of so many examples holds at a time: parameters, running statistics and the arrays between
  /// operations, in the network without its pruned units.
  public static func memory(batch: Int = 1) -> CostTarget { memory(.ratio, batch: batch) }

  /// The same with a share that goes, 0 ≤ share < 1, in place of the trial's sparsity.
  public static func memory(_ share: Double, batch: Int = 1) -> CostTarget {
    memory(.share(share), batch: batch)
  }

  /// The same with the bytes that are left at most, in place of the trial's sparsity.
  public static func memory(atMost bytes: Double, batch: Int = 1) -> CostTarget {
    memory(.atMost(bytes), batch: batch)
  }

  fileprivate static func memory(_ aim: Aim, batch: Int) -> CostTarget {
    CostTarget("memory", .memory(batch: batch), aim, batch == 1 ? [] : [("batch", .integer(batch))])
  }
}

extension Shipped<CostTarget> {
  static let memory = Shipped(
    .memory, "the ratio is the fraction of the peak memory of a forward pass that goes"
  ) { fields in
    let aim = try fields.aim(atMost: 1_000_000)
    return .memory(aim, batch: try fields.integer("batch", in: 1...65_536, default: 1))
  }
}

import CoppiceTerms

extension CostTarget {
  /// Seconds of a forward pass by a stored table of costs, as `coppice costs` measures it. No mask depends on a clock: the digest of the
  /// table is part of what a result depends on.
  ///
  /// The table has the seconds of each operation against the work that is left of it, and the time of a network is the sum over its
  /// operations: T.-J. Yang et al., "NetAdapt: platform-aware neural network adaptation for mobile applications", ECCV 2018.
  /// - Parameters:
  ///   - batch: how many examples a pass has, as the table says.
  ///   - table: the digest of the table, or at least 8 digits of its beginning.
  public static func latency(batch: Int = 1, table: String) -> CostTarget {
    latency(.ratio, batch: batch, table: table)
  }

  /// The same with a share that goes, 0 ≤ share < 1, in place of the trial's sparsity.
  public static func latency(_ share: Double, batch: Int = 1, table: String) -> CostTarget {
    latency(.share(share), batch: batch, table: table)
  }

  /// The same with the seconds that are left at most, in place of the trial's sparsity: "under 2 ms" is `atMost: 0.002`.
  public static func latency(atMost seconds: Double, batch: Int = 1, table: String) -> CostTarget {
    latency(.atMost(seconds), batch: batch, table: table)
  }

  fileprivate static func latency(_ aim: Aim, batch: Int, table: String) -> CostTarget {
    CostTarget(
      "latency", .latency(batch: batch, table: table), aim,
      [("batch", .integer(batch)), ("table", .text(table))])
  }
}

extension Shipped<CostTarget> {
  static let latency = Shipped(
    .latency(table: String(repeating: "0", count: 7) + "f"),
    "the ratio is the fraction of the seconds of a forward pass that goes, by a table of costs",
    paper: "Yang et al. 2018"
  ) { fields in
    let aim = try fields.aim(atMost: 0.002)
    let batch = try fields.integer("batch", in: 1...65_536, default: 1)
    let table = try fields.take(
      "table", "the digest of a table of costs, or 8 digits of it or more", default: nil
    ) {
      if case .text(let text) = $0, text.count >= 8, text.allSatisfy(\.isHexDigit) { text } else { nil }
    }
    return .latency(aim, batch: batch, table: table)
  }
}

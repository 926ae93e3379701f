/// All the curves of a summary, grouped by configuration, with the dense baselines they are compared with.
///
/// - A curve is made of final rows where its trials were asked for several sparsities, and of the rounds of its
///   ladder where they were asked for one only, unless `rows` says which.
/// - Trials asked for no sparsity at all are the baselines. Where a summary has none, rounds 0 of the ladders
///   are: a ladder starts from the dense network.
/// - Collapsed and diverged trials take part with what was measured of them, and are counted.
package struct CurveSet: Sendable, Equatable {
  /// The columns that tell the curves apart.
  package let columns: [String]
  package let curves: [Curve]
  /// Each with one cell.
  package let baselines: [Curve]
  /// Model and dataset, where there is only one of each: `lenet-300-100`, `mnist`.
  package let subject: [String]
  /// The names of all columns of the index, among which metrics are looked up.
  package let indexColumns: [String]

  /// What makes a configuration, in the order in which a label names it.
  package static let identityColumns = [
    "criterion", "schedule", "control", "retraining", "allocation", "granularity", "model", "dataset",
  ]

  /// What tells rows of one configuration apart, or was measured; never a reason for two curves.
  static let ownColumns: Set<String> = [
    "trial", "status", "final", "seed", "round", "target_sparsity", "requested_sparsity", "sparsity",
    "density",
    "parameters", "parameters_nonzero", "flops", "flops_nonzero", "training_flops", "train_loss",
    "train_accuracy", "validation_loss", "validation_accuracy", "test_loss", "test_accuracy",
    "early_stop_step",
    "early_stop_test_accuracy", "wall_time",
  ]

  /// Groups the rows of an index.
  ///
  /// - Parameters:
  ///   - index: all rows of a summary.
  ///   - by: the columns that tell curves apart; nil for those of `identityColumns` that vary, and of the swept
  ///     settings those without which two trials of one seed would fall into one point.
  ///   - rows: which rows every curve is made of; nil to choose for each.
  package init(_ index: [ResultRow], by chosen: [String]? = nil, rows: Curve.Rows? = nil)
    throws(ReportingError)
  {
    guard let known = index.first?.columns else { throw .noRows }
    for column in chosen ?? [] where !known.contains(column) { throw .unknownColumn(column, known: known) }
    let dense = index.filter(Self.isDense)
    let pruned = index.filter { !Self.isDense($0) }
    let seeds = Set(index.compactMap { $0.number("seed") }).count
    let grouping = Grouping(expectedSeeds: max(seeds, 1), rows: rows)

    var columns = chosen ?? Self.identityColumns.filter { Self.varies($0, pruned) }
    let settings = known.filter { !Self.ownColumns.contains($0) && !Self.identityColumns.contains($0) }
    while let (one, other) = grouping.conflict(pruned, by: columns) {
      let candidates = (chosen == nil ? [] : Self.identityColumns) + settings
      guard let column = candidates.first(where: { one.text($0) != other.text($0) }) else {
        throw .twiceTheSameTrial(one.text("trial") ?? "?", other.text("trial") ?? "?")
      }
      if chosen != nil { throw .severalTrialsInOnePoint(by: columns, differing: column) }
      columns.append(column)
    }
    if chosen == nil { columns = Self.withoutRedundant(columns, pruned) }

    self.columns = columns
    indexColumns = known
    subject = ["model", "dataset"].compactMap { column in
      Self.varies(column, index) ? nil : index.first?.text(column)
    }
    curves = grouping.curves(pruned, by: columns)
    baselines = grouping.baselines(
      dense, ladders: pruned.filter { $0.number("round") == 0 && $0.number("density") == 1 })
  }

  /// The baseline a curve is compared with: of its model and dataset, and of several the one with the same
  /// retraining, else the one without any, else the one that agrees with it in most settings. Nil without one.
  package func baseline(of curve: Curve) -> Curve? {
    guard let row = curve.cells.first?.rows.first else { return nil }
    let settings = indexColumns.filter { !Self.ownColumns.contains($0) }
    var best: (baseline: Curve, rank: (Int, Int))?
    for baseline in baselines {
      guard let dense = baseline.cells.first?.rows.first, dense.text("model") == row.text("model"),
        dense.text("dataset") == row.text("dataset")
      else { continue }
      let retraining = dense.text("retraining")
      let rank = (
        retraining == row.text("retraining") ? 2 : retraining == "none" ? 1 : 0,
        settings.count { dense.text($0) == row.text($0) }
      )
      if best.map({ rank > $0.rank }) ?? true { best = (baseline, rank) }
    }
    return best?.baseline
  }

  // MARK: Columns

  /// Whether a row belongs to a trial that was asked for no sparsity.
  static func isDense(_ row: ResultRow) -> Bool {
    if let target = row.number("target_sparsity") { return target <= 0 }
    return row.number("density") == 1 && row.number("final") == 1
  }

  static func varies(_ column: String, _ rows: [ResultRow]) -> Bool {
    Set(rows.map { $0.text(column) }).count > 1
  }

  /// The columns without those that tell no two configurations apart that the others do not; of two that say the
  /// same the later goes.
  private static func withoutRedundant(_ columns: [String], _ rows: [ResultRow]) -> [String] {
    func groups(_ columns: [String]) -> Int { Set(rows.map { row in columns.map { row.text($0) } }).count }
    let all = groups(columns)
    var kept = columns
    for column in columns.reversed() {
      let fewer = kept.filter { $0 != column }
      if groups(fewer) == all { kept = fewer }
    }
    return kept
  }
}

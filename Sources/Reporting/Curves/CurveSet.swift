import CoppiceStore

/// All the curves of a summary, grouped by configuration, with the dense baselines they are compared with.
///
/// - A curve is made of the rounds of its ladder where its trials are ladders to one sparsity, and of final rows where they
///   are not, or go to several sparsities, unless `rows` says which.
/// - Trials asked for no sparsity at all are the baselines. Where a summary has none, rounds 0 of the ladders
///   are: a ladder starts from the dense network.
/// - A trial that collapsed or diverged takes part with what was measured of it at the sparsity in question, and
///   is counted. One that has not got there yet is missing.
package struct CurveSet: Sendable, Equatable {
  /// The columns that tell the curves apart.
  package let columns: [String]
  package let curves: [Curve]
  /// Each with one cell.
  package let baselines: [Curve]
  /// Model and dataset, where there is only one of each: `lenet-300-100`, `mnist`.
  package let subject: [String]
  /// The names of all columns of the index and of all swept settings, among which metrics are looked up.
  package let indexColumns: [String]
  /// The condition that orders the cells of a curve in place of the sparsity: a column of the index; `nil` for none.
  package let condition: String?
  let references: DenseReferences

  /// What makes a configuration, in the order in which a label names it.
  package static let identityColumns = [
    "criterion", "schedule", "dynamics", "control", "retraining", "allocation", "granularity", "model",
    "dataset", summaryColumn,
  ]

  /// The setting that tells the rows of several summaries apart.
  package static let summaryColumn = "summary"

  /// Groups the rows of an index.
  ///
  /// - Parameters:
  ///   - index: all rows of a summary.
  ///   - by: the columns that tell curves apart; nil for those of `identityColumns` that vary, and of the swept
  ///     settings those without which two trials of one seed would fall into one point.
  ///   - rows: which rows every curve is made of; nil to choose for each.
  ///   - x: a column that final rows are laid out by. Where it is a swept setting, its values are the points of a curve, which
  ///     the sparsity tells from others; anything else is measured, and the cells stay those of sparsities.
  package init(
    _ index: [IndexRow], by chosen: [String]? = nil, rows: Curve.Rows? = nil, along x: String? = nil
  ) throws(ReportingError) {
    guard let first = index.first else { throw .noRows }
    let settings = Self.settings(of: index)
    let known =
      IndexRow.columnNames + settings.filter { !IndexRow.columnNames.contains($0) }
      + (Self.hasSummaries(index) ? [Self.summaryColumn] : [])
    for column in (chosen ?? []) + (x.map { [$0] } ?? []) where !known.contains(column) {
      throw .unknownColumn(column, known: known)
    }
    condition = x.flatMap { settings.contains($0) ? $0 : nil }
    let condition = condition
    let dense = index.filter(\.isDense)
    let pruned = index.filter { !$0.isDense && condition.map($0.number) != .some(nil) }
    let grouping = Grouping(
      pruned, seedsOf: index, rows: condition == nil ? rows : .final, condition: condition)

    var columns = chosen ?? Self.identityColumns.filter(grouping.varies)
    while let (one, other) = grouping.conflict(by: columns) {
      let candidates =
        Self.identityColumns + settings.filter { $0 != condition }
        + (condition == nil ? [] : ["target_sparsity"])
      guard let column = candidates.first(where: { one.text($0) != other.text($0) }) else {
        throw .twiceTheSameTrial(one.trial, other.trial)
      }
      if chosen != nil { throw .severalTrialsInOnePoint(by: columns, differing: column) }
      columns.append(column)
    }
    if chosen == nil {
      // The order is that of the settings, whichever conflict came first.
      let order = Self.identityColumns + settings + ["target_sparsity"]
      columns = Self.withoutRedundant(order.filter(columns.contains), grouping)
    }

    self.columns = columns
    indexColumns = known
    subject = ["model", "dataset"].filter { !Self.varies($0, index) }.map(first.text)
    curves = grouping.curves(by: columns)
    let ladders = pruned.filter { $0.round == 0 && $0.density == 1 }
    baselines = Grouping(dense, seedsOf: index, rows: grouping.rows, condition: condition)
      .baselines(ladders: ladders, settings: settings)
    references = DenseReferences(
      dense.isEmpty ? ladders.filter { $0.control == "none" } : dense,
      columns: Self.comparedColumns(of: index))
  }

  /// What a row and its dense network are compared by.
  static func comparedColumns(of rows: [IndexRow]) -> [String] { identityColumns + settings(of: rows) }

  /// The baseline a curve is compared with: of its model and dataset, and of several the one with the same
  /// retraining, else the one without any, else the one that agrees with it in most settings. Nil without one.
  package func baseline(of curve: Curve) -> Curve? {
    guard let row = curve.cells.flatMap(\.rows).first else { return nil }
    let settings = row.settings.map(\.name) + Self.identityColumns
    var best: (baseline: Curve, rank: (Int, Int))?
    for baseline in baselines {
      guard let dense = baseline.cells.flatMap(\.rows).first, dense.model == row.model,
        dense.dataset == row.dataset
      else { continue }
      let rank = (
        DenseReferences.retrainingRank(dense, row), settings.count { dense.text($0) == row.text($0) }
      )
      if best.map({ rank > $0.rank }) ?? true { best = (baseline, rank) }
    }
    return best?.baseline
  }

  // MARK: Columns

  static func varies(_ column: String, _ rows: [IndexRow]) -> Bool {
    let reader = IndexColumnReader(column)
    guard let first = rows.first.map({ IndexRow.text(reader.value(in: $0)) }) else { return false }
    return rows.contains { IndexRow.text(reader.value(in: $0)) != first }
  }

  /// Whether the rows are of several summaries.
  static func hasSummaries(_ rows: [IndexRow]) -> Bool {
    let reader = IndexColumnReader(summaryColumn)
    return rows.contains { reader.value(in: $0) != nil }
  }

  /// What two trials of a configuration may differ in beside the identity: the step rewound to and the swept
  /// settings, in order of first appearance. A setting whose values a column of its name tells less of has one of its own.
  private static func settings(of rows: [IndexRow]) -> [String] {
    let columns = Set(IndexRow.columnNames(of: rows))
    let fixed = Set(IndexRow.columnNames)
    var names = ["rewind_step"]
    var seen: Set<String> = [summaryColumn]
    for setting in rows.lazy.flatMap(\.settings) where seen.insert(setting.name).inserted {
      let isFixed = fixed.contains(setting.name)
      let name = isFixed ? "setting_" + setting.name : setting.name
      if !names.contains(name), !isFixed || columns.contains(name) { names.append(name) }
    }
    return names
  }

  /// The columns without those that tell no two configurations apart that the others do not; of two that say the
  /// same the later goes.
  private static func withoutRedundant(_ columns: [String], _ grouping: Grouping) -> [String] {
    let all = grouping.count(by: columns)
    var kept = columns
    // Neither a schedule nor a dynamics alone says how a network is pruned: both are named.
    let method = ["schedule", "dynamics"]
    let isNamedWhole = method.allSatisfy(columns.contains)
    for column in columns.reversed() where !isNamedWhole || !method.contains(column) {
      let fewer = kept.filter { $0 != column }
      if grouping.count(by: fewer) == all { kept = fewer }
    }
    return kept
  }
}

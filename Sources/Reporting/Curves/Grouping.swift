import CoppiceStore

/// Sorts rows into configurations and levels.
struct Grouping {
  /// How many seeds every summary has, by its name.
  private let seeds: [String: Int]
  /// Which rows curves are made of; nil to choose for each configuration.
  let rows: Curve.Rows?
  /// The swept setting that orders the cells in place of the sparsity; `nil` for none.
  let condition: String?

  /// Grouping for the rows of an index.
  init(seedsOf index: [IndexRow], rows: Curve.Rows?, condition: String? = nil) {
    (self.rows, self.condition) = (rows, condition)
    seeds = Dictionary(grouping: index) { $0.text(CurveSet.summaryColumn) }
      .mapValues { Set($0.map(\.seed)).count }
  }

  /// How many seeds a cell of these rows should have.
  private func expectedSeeds(_ rows: [IndexRow]) -> Int {
    rows.map { seeds[$0.text(CurveSet.summaryColumn)] ?? 0 }.max() ?? 0
  }

  /// Rows of one configuration, in index order.
  private typealias Group = (key: [String], rows: [IndexRow])

  // MARK: Curves

  func curves(_ rows: [IndexRow], by columns: [String]) -> [Curve] {
    let groups = groups(rows, by: columns)
    let labels = Self.labels(groups, columns)
    return zip(groups, labels).map { group, label in
      let kind = kind(of: group.rows)
      return Curve(
        group: group.key, label: label, rows: kind, cells: cells(group.rows, kind), columns: columns)
    }
  }

  /// The configurations, in the order in which the index names them first.
  private func groups(_ rows: [IndexRow], by columns: [String]) -> [Group] {
    var groups: [Group] = []
    var positions: [[String]: Int] = [:]
    for row in rows {
      let key = columns.map(row.text)
      if let position = positions[key] {
        groups[position].rows.append(row)
      } else {
        positions[key] = groups.count
        groups.append((key, [row]))
      }
    }
    return groups
  }

  private func kind(of rows: [IndexRow]) -> Curve.Rows {
    if let chosen = self.rows { return chosen }
    let isOneLadder = rows.allSatisfy(\.isLadder) && Set(rows.map(\.targetSparsity)).count == 1
    return isOneLadder ? .ladder : .final
  }

  /// The rows at one level, and those of them with which a trial ends.
  private typealias Level = (value: Double, rows: [IndexRow], ended: [IndexRow])

  private func levels(_ rows: [IndexRow], _ kind: Curve.Rows) -> [Level] {
    let last = Self.lastRows(rows)
    let taking: [Int]
    let level: (Int) -> Double
    switch kind {
    case .final:
      taking = last.sorted()
      level = { [condition] place in
        // Where nothing was asked for, what was found is one point, whatever its sparsity: no number equals NaN.
        let asked = rows[place].targetSparsity
        return condition.flatMap { rows[place].number($0) } ?? (asked.isNaN ? -1 : asked)
      }
    case .ladder:
      let deepest = rows.map(\.targetSparsity).max()
      taking = rows.indices.filter { rows[$0].targetSparsity == deepest }
      level = { Double(rows[$0].round) }
    }
    return Dictionary(grouping: taking, by: level).sorted { $0.key < $1.key }.map { value, positions in
      (value, positions.map { rows[$0] }, positions.filter(last.contains).map { rows[$0] })
    }
  }

  private func cells(_ rows: [IndexRow], _ kind: Curve.Rows) -> [Cell] {
    levels(rows, kind).map { level in
      Cell(
        level: level.value, rows: kind == .final ? level.rows.filter(\.reachesTarget) : level.rows,
        ended: level.ended, expectedSeeds: expectedSeeds(rows))
    }
  }

  /// The positions of the last row of every trial: the one marked final, or, of a trial that ended before, the
  /// one with the highest round.
  private static func lastRows(_ rows: [IndexRow]) -> Set<Int> {
    func rank(_ row: IndexRow) -> (Int, Int) { (row.isFinal ? 1 : 0, row.round) }
    var last: [String: Int] = [:]
    for (position, row) in rows.enumerated() {
      if let other = last[row.trial], rank(rows[other]) >= rank(row) { continue }
      last[row.trial] = position
    }
    return Set(last.values)
  }

  /// Two rows of one seed that fall into one point; nil when there are none.
  func conflict(_ rows: [IndexRow], by columns: [String]) -> (IndexRow, IndexRow)? {
    for group in groups(rows, by: columns) {
      for level in levels(group.rows, kind(of: group.rows)) {
        let sorted = level.rows.sorted { $0.seed < $1.seed }
        for (one, other) in zip(sorted, sorted.dropFirst()) where one.seed == other.seed {
          return (one, other)
        }
      }
    }
    return nil
  }

  // MARK: Baselines

  /// The dense trials, one baseline for every way in which they differ. Trials that differ in name only (a dense
  /// training has no use for a criterion) and gave the same numbers are one.
  ///
  /// - Parameters:
  ///   - ladders: rows of round 0, which stand in where there are no dense trials.
  ///   - settings: what dense trials may differ in beside the identity.
  func baselines(_ dense: [IndexRow], ladders: [IndexRow], settings: [String]) -> [Curve] {
    let trained = Self.lastRows(dense).sorted().map { dense[$0] }
    let uncontrolled = ladders.filter { $0.text("control") == "none" }
    let rows = Self.distinct(trained.isEmpty ? uncontrolled : trained)
    var columns = ["model", "dataset"].filter { CurveSet.varies($0, rows) }
    let candidates = ["retraining", "schedule"] + CurveSet.identityColumns + settings
    while let column = Self.telling(rows, by: columns, candidates) { columns.append(column) }
    let groups = groups(rows, by: columns)
    let labels = Self.labels(groups, columns, isDense: true)
    return zip(groups, labels).map { group, label in
      let isPlain = label.isEmpty
      let cell = Cell(
        level: 0, rows: group.rows, ended: trained.isEmpty ? [] : group.rows,
        expectedSeeds: expectedSeeds(group.rows))
      return Curve(
        group: group.key, label: isPlain ? "dense" : "dense, " + label, rows: .final, cells: [cell],
        columns: columns)
    }
  }

  /// The rows without those that repeat the results of an earlier one of the same model, dataset and seed.
  private static func distinct(_ rows: [IndexRow]) -> [IndexRow] {
    let results = ["model", "dataset", "seed", "validation_loss", "test_loss", "test_accuracy"]
    var seen: Set<[String]> = []
    return rows.filter { row in seen.insert(results.map(row.text)).inserted }
  }

  /// The first of the candidates in which two rows of one seed differ that the columns do not tell apart.
  private static func telling(_ rows: [IndexRow], by columns: [String], _ candidates: [String]) -> String? {
    var first: [[String]: IndexRow] = [:]
    for row in rows {
      let key = (columns + ["seed"]).map(row.text)
      if let other = first[key] {
        if let column = candidates.first(where: { row.text($0) != other.text($0) }) { return column }
      } else {
        first[key] = row
      }
    }
    return nil
  }

  // MARK: Labels

  /// The name of each group: its values, `name = value` for settings, without `none`. A group that is `none` in
  /// every column is called by its criterion and schedule. Where that would give two groups one name, all values
  /// are named. The schedule of a dense network that is not trained again is not named.
  private static func labels(_ groups: [Group], _ columns: [String], isDense: Bool = false) -> [String] {
    func named(_ group: Group, all: Bool) -> String {
      let isOnce = isDense && !all && group.rows.allSatisfy { $0.retraining == "none" }
      return zip(columns, group.key).filter { all || $1 != "none" && !(isOnce && $0 == "schedule") }.map {
        column, value in
        let name = CurveSet.shownName(column)
        return CurveSet.identityColumns.contains(name) && value != "none" ? value : "\(name) = \(value)"
      }.joined(separator: ", ")
    }
    let short = groups.map { group in
      let values = named(group, all: false)
      guard values.isEmpty, !isDense else { return values }
      let names = ["criterion", "schedule", "dynamics"].compactMap { group.rows.first?.text($0) }
      return names.filter { $0 != "none" }.joined(separator: ", ")
    }
    let isClear = Set(short).count == short.count
    let labels = isClear ? short : groups.map { named($0, all: true) }
    return isDense ? labels : labels.map { $0.isEmpty ? "all trials" : $0 }
  }
}

extension CurveSet {
  /// What people read for a column that tells curves apart.
  static func shownName(_ column: String) -> String {
    if column == "target_sparsity" { return "sparsity" }
    return column.hasPrefix("setting_") ? String(column.dropFirst(8)) : column
  }
}

/// Sorts rows into configurations and levels.
struct Grouping {
  let expectedSeeds: Int
  /// Which rows curves are made of; nil to choose for each configuration.
  let rows: Curve.Rows?

  /// Rows of one configuration, in index order.
  private typealias Group = (key: [String], rows: [ResultRow])

  // MARK: Curves

  func curves(_ rows: [ResultRow], by columns: [String]) -> [Curve] {
    let groups = groups(rows, by: columns)
    let labels = Self.labels(groups, columns)
    return zip(groups, labels).map { group, label in
      let kind = kind(of: group.rows)
      return Curve(group: group.key, label: label, rows: kind, cells: cells(group.rows, kind))
    }
  }

  /// The configurations, in the order in which the index names them first.
  private func groups(_ rows: [ResultRow], by columns: [String]) -> [Group] {
    var groups: [Group] = []
    var positions: [[String]: Int] = [:]
    for row in rows {
      let key = columns.map { row.text($0) ?? "none" }
      if let position = positions[key] {
        groups[position].rows.append(row)
      } else {
        positions[key] = groups.count
        groups.append((key, [row]))
      }
    }
    return groups
  }

  private func kind(of rows: [ResultRow]) -> Curve.Rows {
    if let chosen = self.rows { return chosen }
    let isLadder = Set(rows.map(Self.target)).count == 1 && Set(rows.map { $0.number("round") }).count > 1
    return isLadder ? .ladder : .final
  }

  private func cells(_ rows: [ResultRow], _ kind: Curve.Rows) -> [Cell] {
    let last = Self.lastRows(rows)
    var levels: [Double: [Int]] = [:]
    switch kind {
    case .final:
      for position in last.sorted() { levels[Self.target(rows[position]), default: []].append(position) }
    case .ladder:
      let highest = rows.map(Self.target).max()
      for position in rows.indices where Self.target(rows[position]) == highest {
        levels[rows[position].number("round") ?? 0, default: []].append(position)
      }
    }
    return levels.sorted { $0.key < $1.key }.map { level, positions in
      Cell(
        level: level, rows: positions.map { rows[$0] },
        ended: positions.filter(last.contains).map { rows[$0] }, expectedSeeds: expectedSeeds)
    }
  }

  /// The sparsity a trial was asked for.
  private static func target(_ row: ResultRow) -> Double {
    row.number("target_sparsity") ?? row.number("requested_sparsity") ?? 0
  }

  /// The positions of the last row of every trial: the one marked final, or, of a trial that ended before, the
  /// one with the highest round.
  private static func lastRows(_ rows: [ResultRow]) -> Set<Int> {
    func rank(_ row: ResultRow) -> (Double, Double) { (row.number("final") ?? 0, row.number("round") ?? 0) }
    var last: [String: Int] = [:]
    for (position, row) in rows.enumerated() {
      let trial = row.text("trial") ?? "\(position)"
      if let other = last[trial], rank(rows[other]) >= rank(row) { continue }
      last[trial] = position
    }
    return Set(last.values)
  }

  /// Two rows of one seed that fall into one point; nil when there are none.
  func conflict(_ rows: [ResultRow], by columns: [String]) -> (ResultRow, ResultRow)? {
    for group in groups(rows, by: columns) {
      for cell in cells(group.rows, kind(of: group.rows)) {
        for (one, other) in zip(cell.rows, cell.rows.dropFirst()) {
          if let seed = one.number("seed"), seed == other.number("seed") { return (one, other) }
        }
      }
    }
    return nil
  }

  // MARK: Baselines

  /// The dense trials, one baseline for every way in which they differ. Trials that differ in name only (a dense
  /// training has no use for a criterion) and gave the same numbers are one.
  ///
  /// - Parameter ladders: rows of round 0, which stand in where there are no dense trials.
  func baselines(_ dense: [ResultRow], ladders: [ResultRow]) -> [Curve] {
    let trained = Self.lastRows(dense).sorted().map { dense[$0] }
    let uncontrolled = ladders.filter { ($0.text("control") ?? "none") == "none" }
    let rows = Self.distinct(trained.isEmpty ? uncontrolled : trained)
    var columns = ["model", "dataset"].filter { CurveSet.varies($0, rows) }
    let settings = (rows.first?.columns ?? []).filter { !CurveSet.ownColumns.contains($0) }
    while let column = Self.telling(rows, by: columns, ["retraining", "schedule"] + settings) {
      columns.append(column)
    }
    let groups = groups(rows, by: columns)
    let labels = Self.labels(groups, columns)
    return zip(groups, labels).map { group, label in
      let isPlain = group.key.allSatisfy { $0 == "none" }
      let cell = Cell(
        level: 0, rows: group.rows, ended: trained.isEmpty ? [] : group.rows, expectedSeeds: expectedSeeds)
      return Curve(
        group: group.key, label: isPlain ? "dense" : "dense, " + label, rows: .final, cells: [cell])
    }
  }

  /// The rows without those that repeat the results of an earlier one of the same model, dataset and seed.
  private static func distinct(_ rows: [ResultRow]) -> [ResultRow] {
    let results = ["model", "dataset", "seed", "validation_loss", "test_loss", "test_accuracy"]
    var seen: Set<[String?]> = []
    return rows.filter { row in seen.insert(results.map { row.text($0) }).inserted }
  }

  /// The first of the candidates in which two rows of one seed differ that the columns do not tell apart.
  private static func telling(_ rows: [ResultRow], by columns: [String], _ candidates: [String]) -> String? {
    var first: [[String?]: ResultRow] = [:]
    for row in rows {
      let key = (columns + ["seed"]).map { row.text($0) }
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
  /// are named.
  private static func labels(_ groups: [Group], _ columns: [String]) -> [String] {
    func named(_ group: Group, all: Bool) -> String {
      zip(columns, group.key).filter { all || $1 != "none" }.map { column, value in
        CurveSet.identityColumns.contains(column) && value != "none" ? value : "\(column) = \(value)"
      }.joined(separator: ", ")
    }
    let short = groups.map { group in
      let values = named(group, all: false)
      guard values.isEmpty else { return values }
      return ["criterion", "schedule"].compactMap { group.rows.first?.text($0) }.filter { $0 != "none" }
        .joined(separator: ", ")
    }
    let isClear = Set(short).count == short.count
    return (isClear ? short : groups.map { named($0, all: true) }).map { $0.isEmpty ? "all trials" : $0 }
  }
}

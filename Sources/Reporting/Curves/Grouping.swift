import CoppiceStore

/// Sorts rows into configurations and levels.
struct Grouping {
  /// What is sorted.
  private let sorted: [IndexRow]
  private let codes: ColumnCodes
  /// How many seeds every summary has, by its name.
  private let seeds: [String: Int]
  /// Which rows curves are made of; nil to choose for each configuration.
  let rows: Curve.Rows?
  /// The swept setting that orders the cells in place of the sparsity; `nil` for none.
  let condition: String?

  /// Grouping for some rows of an index.
  init(_ sorted: [IndexRow], seedsOf index: [IndexRow], rows: Curve.Rows?, condition: String? = nil) {
    (self.sorted, self.rows, self.condition) = (sorted, rows, condition)
    codes = ColumnCodes(sorted)
    let summary = IndexColumnReader(CurveSet.summaryColumn)
    var found: [String: Set<Int>] = [:]
    for row in index { found[IndexRow.text(summary.value(in: row)), default: []].insert(row.seed) }
    seeds = found.mapValues(\.count)
  }

  private init(_ sorted: [IndexRow], like other: Grouping) {
    (self.sorted, seeds, rows, condition) = (sorted, other.seeds, other.rows, other.condition)
    codes = ColumnCodes(sorted)
  }

  /// How many seeds a cell of these rows should have.
  private func expectedSeeds(_ rows: [Int]) -> Int {
    let summaries = codes[CurveSet.summaryColumn]
    return Set(rows.map { summaries.codes[$0] }).map { seeds[summaries.texts[$0]] ?? 0 }.max() ?? 0
  }

  /// Whether the rows have several values of a column.
  func varies(_ column: String) -> Bool { codes.varies(column) }

  /// How many configurations some columns tell apart.
  func count(by columns: [String]) -> Int { codes.groups(by: columns).count }

  /// The positions of the rows of one configuration, in index order.
  private typealias Group = (key: [String], rows: [Int])

  // MARK: Curves

  func curves(by columns: [String]) -> [Curve] {
    let groups = groups(by: columns)
    let labels = labels(groups, columns)
    return zip(groups, labels).map { group, label in
      let kind = kind(of: group.rows)
      return Curve(
        group: group.key, label: label, rows: kind, cells: cells(group.rows, kind), columns: columns)
    }
  }

  /// The configurations, in the order in which the index names them first.
  private func groups(by columns: [String]) -> [Group] {
    codes.groups(by: columns).map { positions in
      (columns.map { codes[$0].texts[codes[$0].codes[positions[0]]] }, positions)
    }
  }

  private func kind(of rows: [Int]) -> Curve.Rows {
    if let chosen = self.rows { return chosen }
    let target = rows.first.map { sorted[$0].targetSparsity }
    // Of one row alone the sparsity may be unknown: NaN is unlike itself.
    let isOneLadder =
      rows.allSatisfy { sorted[$0].isLadder }
      && (rows.count == 1 || rows.allSatisfy { sorted[$0].targetSparsity == target })
    return isOneLadder ? .ladder : .final
  }

  /// The rows at one level, and those of them with which a trial ends.
  private typealias Level = (value: Double, rows: [Int], ended: [Int])

  private func levels(_ rows: [Int], _ kind: Curve.Rows) -> [Level] {
    let last = lastRows(rows)
    let taking: [Int]
    let level: (Int) -> Double
    switch kind {
    case .final:
      taking = rows.filter(last.contains)
      let reader = condition.map { IndexColumnReader($0) }
      level = { place in
        // Where nothing was asked for, what was found is one point, whatever its sparsity: no number equals NaN.
        let asked = sorted[place].targetSparsity
        let set = reader?.value(in: sorted[place])?.number
        return set.flatMap { $0.isFinite ? $0 : nil } ?? (asked.isNaN ? -1 : asked)
      }
    case .ladder:
      let deepest = rows.map { sorted[$0].targetSparsity }.max()
      taking = rows.filter { sorted[$0].targetSparsity == deepest }
      level = { Double(sorted[$0].round) }
    }
    return Dictionary(grouping: taking, by: level).sorted { $0.key < $1.key }.map { value, positions in
      (value, positions, positions.filter(last.contains))
    }
  }

  private func cells(_ rows: [Int], _ kind: Curve.Rows) -> [Cell] {
    let expected = expectedSeeds(rows)
    return levels(rows, kind).map { level in
      let taken = level.rows.map { sorted[$0] }
      return Cell(
        level: level.value, rows: kind == .final ? taken.filter(\.reachesTarget) : taken,
        ended: level.ended.map { sorted[$0] }, expectedSeeds: expected)
    }
  }

  /// The positions of the last row of every trial: the one marked final, or, of a trial that ended before, the
  /// one with the highest round.
  private func lastRows(_ rows: [Int]) -> Set<Int> {
    func rank(_ position: Int) -> (Int, Int) { (sorted[position].isFinal ? 1 : 0, sorted[position].round) }
    let trials = codes["trial"].codes
    var last: [Int: Int] = [:]
    for position in rows {
      if let other = last[trials[position]], rank(other) >= rank(position) { continue }
      last[trials[position]] = position
    }
    return Set(last.values)
  }

  /// Two rows of one seed that fall into one point; nil when there are none.
  func conflict(by columns: [String]) -> (IndexRow, IndexRow)? {
    for rows in codes.groups(by: columns) {
      for level in levels(rows, kind(of: rows)) {
        let bySeed = level.rows.sorted { sorted[$0].seed < sorted[$1].seed }
        for (one, other) in zip(bySeed, bySeed.dropFirst()) where sorted[one].seed == sorted[other].seed {
          return (sorted[one], sorted[other])
        }
      }
    }
    return nil
  }

  // MARK: Baselines

  /// The dense trials, one baseline for every way in which they differ. Trials that differ in name only (a dense
  /// training has no use for a criterion) and gave the same numbers are one.
  ///
  /// The rows of this grouping are the dense trials.
  ///
  /// - Parameters:
  ///   - ladders: rows of round 0, which stand in where there are no dense trials.
  ///   - settings: what dense trials may differ in beside the identity.
  func baselines(ladders: [IndexRow], settings: [String]) -> [Curve] {
    let trained = lastRows(Array(sorted.indices)).sorted().map { sorted[$0] }
    let uncontrolled = ladders.filter { $0.text("control") == "none" }
    let distinct = Grouping(Self.distinct(trained.isEmpty ? uncontrolled : trained), like: self)
    return distinct.baselines(settings: settings, haveEnded: !trained.isEmpty)
  }

  private func baselines(settings: [String], haveEnded: Bool) -> [Curve] {
    var columns = ["model", "dataset"].filter(varies)
    let candidates = ["retraining", "schedule"] + CurveSet.identityColumns + settings
    while let column = Self.telling(sorted, by: columns, candidates) { columns.append(column) }
    let groups = groups(by: columns)
    let labels = labels(groups, columns, isDense: true)
    return zip(groups, labels).map { group, label in
      let isPlain = label.isEmpty
      let rows = group.rows.map { sorted[$0] }
      let cell = Cell(
        level: 0, rows: rows, ended: haveEnded ? rows : [], expectedSeeds: expectedSeeds(group.rows))
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
  private func labels(_ groups: [Group], _ columns: [String], isDense: Bool = false) -> [String] {
    let recipes = RecipeNames(groups.flatMap(\.key)).shown
    func named(_ group: Group, all: Bool) -> String {
      let isOnce = isDense && !all && group.rows.allSatisfy { sorted[$0].retraining == "none" }
      return zip(columns, group.key).filter { all || $1 != "none" && !(isOnce && $0 == "schedule") }.map {
        column, value in
        if let recipe = recipes[value] { return recipe }
        let name = CurveSet.shownName(column)
        return CurveSet.identityColumns.contains(name) && value != "none" ? value : "\(name) = \(value)"
      }.joined(separator: ", ")
    }
    let short = groups.map { group in
      let values = named(group, all: false)
      guard values.isEmpty, !isDense else { return values }
      let names = ["criterion", "schedule", "dynamics"].compactMap { name in
        group.rows.first.map { sorted[$0].text(name) }
      }
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
    if ["target_sparsity", "requested_sparsity"].contains(column) { return "sparsity" }
    return column.hasPrefix("setting_") ? String(column.dropFirst(8)) : column
  }
}

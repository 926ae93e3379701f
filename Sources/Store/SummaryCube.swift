/// Results as a labelled array for xarray, one cell a condition, level of sparsity and seed. Trials that were asked for a
/// sparsity, ladders, and dense trials are a cube each.
///
/// Its axes are the conditions that tell rows apart (`criterion`, `schedule`, …, swept settings; one that
/// another already determines is left out), then the level, then `seed`. What was asked for is a coordinate, what was reached
/// is data. Cells without a row are NaN.
package struct SummaryCube: Hashable, Sendable {
  /// What the rows of one condition and seed are laid out by.
  package enum Level: String, Hashable, Sendable {
    /// The sparsity asked for, over final rows.
    case sparsity
    /// The number of prunings, over the rounds of ladders.
    case round
    /// Nothing: dense networks.
    case none
  }

  /// An axis: its name and coordinates.
  package struct Axis: Hashable, Sendable {
    package let name: String
    package let coordinates: Coordinates

    /// The labels along an axis.
    package enum Coordinates: Hashable, Sendable {
      case texts([String])
      case integers([Int])
      case numbers([Double])

      /// The number of labels.
      package var count: Int {
        switch self {
        case .texts(let values): values.count
        case .integers(let values): values.count
        case .numbers(let values): values.count
        }
      }
    }
  }

  /// A measure: its name, what people call it, its unit, and values in row-major order of the axes.
  package struct Variable: Sendable, Hashable {
    package let name: String
    package let title: String
    package let unit: Quantity.Unit
    package let values: [Double]
  }

  package let axes: [Axis]
  package let variables: [Variable]

  /// The cubes of a summary by their names in the file; those without rows are left out.
  package static func all(of rows: [IndexRow]) -> [(name: String, cube: SummaryCube)] {
    let dense = rows.filter(\.isUnpruned)
    let drawn = curveRows(rows.filter { !$0.isUnpruned })
    let ladders = drawn.filter(\.isRound)
    let parts: [(String, [IndexRow], Level)] = [
      ("cube", drawn.filter { !$0.isRound && $0.row.reachesTarget }.map(\.row), .sparsity),
      ("ladders", ladders.map(\.row), .round), ("dense", dense.filter(\.isFinal), .none),
    ]
    return parts.compactMap { name, rows, level in SummaryCube(rows, level: level).map { (name, $0) } }
  }

  /// The most cells of a cube; what would have more is not written.
  private static let mostCells = 1 << 22

  /// The cube of these rows, or `nil` where there are no rows, or the cells would be more than four million.
  package init?(_ rows: [IndexRow], level: Level = .sparsity) {
    // A trial that failed before its first result has no place.
    let rows = level == .sparsity ? rows.filter { !$0.targetSparsity.isNaN } : rows
    if rows.isEmpty { return nil }
    let levels = rows.map { row -> ColumnValue in
      switch level {
      case .sparsity: .number(Self.rounded(row.targetSparsity))
      case .round: .integer(row.round)
      case .none: .integer(0)
      }
    }
    var (axes, positions) = ([Axis](), [[Int]](repeating: [], count: rows.count))
    func add(_ name: String, _ values: [ColumnValue?]) {
      let (coordinates, places) = Self.coordinates(values)
      axes.append(Axis(name: name, coordinates: coordinates))
      for (row, place) in places.enumerated() { positions[row].append(place) }
    }
    // A condition becomes an axis if those before it leave it open; a setting, if level and seed do so too; the trial, if two
    // rows would meet in one cell.
    var known = [[ColumnValue?]](repeating: [], count: rows.count)
    func addIfOpen(_ condition: Condition, given known: [[ColumnValue?]]) -> [ColumnValue?]? {
      let values = rows.map(condition.value)
      var first: [[ColumnValue?]: ColumnValue?] = [:]
      let isOpen = zip(known, values).contains { known, value in
        if let other = first[known] { return other != value }
        first[known] = .some(value)
        return false
      }
      if isOpen { add(condition.column, values) }
      return isOpen ? values : nil
    }
    func withLevels() -> [[ColumnValue?]] {
      rows.indices.map { known[$0] + [levels[$0], .integer(rows[$0].seed)] }
    }
    for condition in Condition.all(of: rows) {
      let given = condition.isIdentity ? known : withLevels()
      for (row, value) in (addIfOpen(condition, given: given) ?? []).enumerated() { known[row].append(value) }
    }
    _ = addIfOpen(Condition(column: "trial", setting: nil), given: withLevels())
    if level != .none { add(level.rawValue, levels) }
    add("seed", rows.map { .integer($0.seed) })
    var count = 1
    for axis in axes where count <= Self.mostCells { count *= axis.coordinates.count }
    guard count <= Self.mostCells else { return nil }
    let places = positions.map { zip($0, axes).reduce(0) { $0 * $1.1.coordinates.count + $1.0 } }
    let measures =
      [
        ("requested_sparsity", Metric.requestedSparsity), ("achieved_sparsity", .sparsity),
        ("density", .density),
      ]
      + Metrics.all.map { ($0.name, $0) }
    let shown = measures.filter { name, _ in !axes.contains { $0.name == name } }
    variables = shown.filter { level == .round || $0.0 != "requested_sparsity" }.map { name, metric in
      var values = [Double](repeating: .nan, count: count)
      for (row, place) in zip(rows, places) { values[place] = row[metric: metric] }
      return Variable(name: name, title: metric.quantity.title, unit: metric.quantity.unit, values: values)
    }
    self.axes = axes
  }

  /// The rows that curves over sparsity are drawn from, and whether each is a round of a ladder: of the one ladder of a condition
  /// and seed all rounds, of other conditions the final rows only. Never both for one condition; ladders to several sparsities
  /// are told apart by their ends.
  package static func curveRows(_ rows: [IndexRow]) -> [(row: IndexRow, isRound: Bool)] {
    let conditions = Condition.all(of: rows)
    let keys = rows.map { row in conditions.map { $0.value(in: row) } + [.integer(row.seed)] }
    var targets: [[ColumnValue?]: Set<Double>] = [:]
    for (row, key) in zip(rows, keys) { targets[key, default: []].insert(rounded(row.targetSparsity)) }
    return zip(rows, keys).map { ($0, $0.isLadder && targets[$1]?.count == 1) }
      .filter { $0.isFinal || $1 }.map { (row: $0, isRound: $1) }
  }

  /// Something that says under which circumstances a row arose: not its sparsities, seed, round or results.
  private struct Condition {
    let column: String
    let setting: String?
    /// Whether it is of those that say what a trial is, apart from settings.
    var isIdentity = false

    func value(in row: IndexRow) -> ColumnValue? {
      guard let setting else { return row[column: column] }
      return row.settings.first { $0.name == setting }?.value
    }

    static func all(of rows: [IndexRow]) -> [Condition] {
      let identity = [
        "criterion", "schedule", "dynamics", "control", "allocation", "granularity", "retraining", "model",
        "dataset",
      ].map { Condition(column: $0, setting: nil, isIdentity: true) }
      let settings = IndexTable.settingColumns(of: rows).map {
        Condition(column: $0.column, setting: $0.name)
      }
      return identity + [Condition(column: "rewind_step", setting: nil)]
        + settings.filter { setting in
          !IndexRow.columnNames.contains(setting.column)
            // In older files a setting may be the sparsity under a name of its own.
            && setting.setting != "sparsity"
        }
    }
  }

  /// Levels that were computed in two ways are one if they differ by rounding only.
  private static func rounded(_ sparsity: Double) -> Double {
    sparsity.isFinite ? (sparsity * 1e6).rounded() / 1e6 : -1
  }

  /// Distinct labels (numbers ascending, texts in order of appearance) and the place of each value among
  /// them.
  private static func coordinates(_ values: [ColumnValue?]) -> (Axis.Coordinates, [Int]) {
    let integers = values.compactMap { if case .integer(let value)? = $0 { value } else { nil } }
    if integers.count == values.count {
      let labels = Set(integers).sorted()
      return (.integers(labels), integers.map { labels.firstIndex(of: $0) ?? 0 })
    }
    let numbers = values.compactMap { $0?.number }
    if numbers.count == values.count {
      let labels = Set(numbers).sorted()
      return (.numbers(labels), numbers.map { labels.firstIndex(of: $0) ?? 0 })
    }
    let texts = values.map { $0?.description ?? "none" }
    var labels: [String] = []
    for text in texts where !labels.contains(text) { labels.append(text) }
    return (.texts(labels), texts.map { labels.firstIndex(of: $0) ?? 0 })
  }
}

extension IndexRow {
  /// Whether the trial was asked for no sparsity at all, and is no control.
  fileprivate var isUnpruned: Bool { control == "none" && targetSparsity <= 0 }

  /// Whether this final row has the sparsity its trial was asked for: not where the trial ended on its way.
  fileprivate var reachesTarget: Bool {
    status == .completed && stoppedBy.isEmpty || abs(requestedSparsity - targetSparsity) < 1e-6
  }
}

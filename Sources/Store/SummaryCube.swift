/// The results of an experiment as a labelled array, one cell a condition, level of sparsity and seed, for
/// xarray.
///
/// Its axes are the conditions that tell rows apart (`criterion`, `schedule`, …, swept settings; one that
/// another already determines is left out), then the level, then `seed`. Cells without a row are NaN.
package struct SummaryCube: Hashable, Sendable {
  /// What the rows of one condition and seed are laid out by.
  package enum Level: String, Hashable, Sendable {
    /// The sparsity asked for, over the rows that `SummaryCube.curveRows` chooses.
    case sparsity
    /// The number of prunings, over all rows.
    case round
  }

  /// An axis: its name and coordinates.
  package struct Axis: Hashable, Sendable {
    package let name: String
    package let coordinates: ColumnValues
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

  /// The cube of these rows, or `nil` where there are no rows, or the cells would be more than four million.
  package init?(_ rows: [IndexRow], level: Level = .sparsity) {
    let conditions = Condition.all(of: rows)
    // A trial that failed before its first result has no place.
    let rows = level == .round ? rows : Self.curveRows(rows).filter { !$0.requestedSparsity.isNaN }
    if rows.isEmpty { return nil }
    let levels = rows.map { row -> ColumnValue in
      level == .round ? .integer(row.round) : .number(Self.rounded(row.requestedSparsity))
    }
    var (axes, positions) = ([Axis](), [[Int]](repeating: [], count: rows.count))
    func add(_ name: String, _ values: [ColumnValue?]) {
      let (coordinates, places) = Self.coordinates(values)
      axes.append(Axis(name: name, coordinates: coordinates))
      for (row, place) in places.enumerated() { positions[row].append(place) }
    }
    // A condition becomes an axis if those before it leave it open; the trial, if two rows would meet in one
    // cell.
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
    for condition in conditions {
      for (row, value) in (addIfOpen(condition, given: known) ?? []).enumerated() { known[row].append(value) }
    }
    for row in rows.indices { known[row] += [levels[row], .integer(rows[row].seed)] }
    _ = addIfOpen(Condition(column: "trial", setting: nil), given: known)
    add(level.rawValue, levels)
    add("seed", rows.map { .integer($0.seed) })
    var count = 1
    for axis in axes where count <= 1 << 22 { count *= axis.coordinates.count }
    guard count <= 1 << 22 else { return nil }
    let places = positions.map { zip($0, axes).reduce(0) { $0 * $1.1.coordinates.count + $1.0 } }
    let measures =
      [("achieved_sparsity", Metric.sparsity), ("density", .density)] + Metrics.all.map { ($0.name, $0) }
    variables = measures.filter { name, _ in !axes.contains { $0.name == name } }.map { name, metric in
      var values = [Double](repeating: .nan, count: count)
      for (row, place) in zip(rows, places) { values[place] = row[metric: metric] }
      return Variable(name: name, title: metric.quantity.title, unit: metric.quantity.unit, values: values)
    }
    self.axes = axes
  }

  /// The rows that curves over sparsity are drawn from: of the one ladder of a condition and seed all rounds, of other
  /// conditions the final rows only. Never both for one condition; ladders to several sparsities are told apart by their ends.
  package static func curveRows(_ rows: [IndexRow]) -> [IndexRow] {
    let conditions = Condition.all(of: rows)
    let keys = rows.map { row in conditions.map { $0.value(in: row) } + [.integer(row.seed)] }
    var targets: [[ColumnValue?]: Set<Double>] = [:]
    for (row, key) in zip(rows, keys) { targets[key, default: []].insert(rounded(row.targetSparsity)) }
    return zip(rows, keys).filter { $0.isFinal || $0.isLadder && targets[$1]?.count == 1 }.map(\.0)
  }

  /// Something that says under which circumstances a row arose: not its sparsities, seed, round or results.
  private struct Condition {
    let column: String
    let setting: String?

    func value(in row: IndexRow) -> ColumnValue? {
      guard let setting else { return row[column: column] }
      return row.settings.first { $0.name == setting }?.value
    }

    static func all(of rows: [IndexRow]) -> [Condition] {
      let fixed = [
        "criterion", "schedule", "dynamics", "control", "allocation", "granularity", "retraining", "model",
        "dataset",
        "rewind_step",
      ]
      let settings = IndexTable.settingColumns(of: rows).map {
        Condition(column: $0.column, setting: $0.name)
      }
      return fixed.map { Condition(column: $0, setting: nil) }
        + settings.filter { setting in
          !IndexRow.columnNames.contains(setting.column)
            // A setting may be the sparsity under a name of its own.
            && !rows.allSatisfy { row in
              setting.value(in: row)?.number.map { rounded($0) == rounded(row.targetSparsity) } ?? false
            }
        }
    }
  }

  /// Levels that were computed in two ways are one if they differ by rounding only.
  private static func rounded(_ sparsity: Double) -> Double {
    sparsity.isFinite ? (sparsity * 1e6).rounded() / 1e6 : -1
  }

  /// Distinct labels (numbers ascending, texts in order of appearance) and the place of each value among
  /// them.
  private static func coordinates(_ values: [ColumnValue?]) -> (ColumnValues, [Int]) {
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

import CoppiceStore
import CoppiceTensors

/// Conditions compared with each other by one metric: differences paired by seed and by everything else that varies.
///
/// Rows of two sides are a pair where they agree in the seed, in the sparsity asked for and in every other column that varies inside a
/// side, but for the columns that the sides are chosen by. Pairs that differ in the seed alone are one line. A side of dense
/// networks is paired with every line of another by seed alone. Values of a training that diverged are missing.
package struct Comparison: Sendable {
  /// What is compared: the rows that meet all of some filters.
  package struct Side: Sendable, Equatable {
    /// What it is called.
    package let label: String
    let filters: [RowFilter]

    /// A side of conditions joined by commas, or of one expression: `criterion=magnitude,schedule=one-shot`.
    package init(parsing text: String) throws(ReportingError) {
      label = text
      var filters: [RowFilter] = []
      for part in Self.parts(of: text) { filters.append(try RowFilter(parsing: part)) }
      self.filters = filters
    }

    /// A side of the rows with one value of a column.
    package init(_ column: String, is value: String) {
      label = value
      filters = [RowFilter(.comparison(.column(column, at: 0), .equal, .text(value)))]
    }

    /// Parts a text at the commas behind which another condition begins: those between the values of one stay.
    private static func parts(of text: String) -> [String] {
      if text.contains("&&") || text.contains("||") || text.contains("\"") { return [text] }
      var parts: [String] = []
      for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
        let begins = piece.contains(#/^\s*[A-Za-z_][A-Za-z0-9_.-]*\s*(<|>|=|!=)/#)
        if begins || parts.isEmpty {
          parts.append(String(piece))
        } else {
          parts[parts.count - 1] += "," + piece
        }
      }
      return parts
    }
  }

  /// One difference: of a side to another at one place.
  package struct Line: Sendable, Equatable {
    /// The places of the two sides.
    package let treatment: Int
    package let reference: Int
    /// The values of `columns`.
    package let place: [Table.Cell]
    /// The values of the pairs.
    package let treated: SampleStatistics
    package let referred: SampleStatistics
    package let difference: PairedDifference
    /// The probability of the t test after Holm's correction over all lines.
    package fileprivate(set) var correctedP: Double?

    /// What it says.
    package var verdict: DifferenceVerdict { DifferenceVerdict(difference, correctedP: correctedP) }
  }

  package let metric: Metric
  package let sides: [Side]
  /// The columns that tell lines apart.
  package let columns: [String]
  package let lines: [Line]
  /// How many rows of each side have no partner on any other side.
  package let unpaired: [Int]
  /// The rows of each side.
  package let rows: [[IndexRow]]
  /// Whether all sides are compared with all, and not with the first alone.
  package let isMatrix: Bool

  /// Compares sides with the first, or all with all.
  ///
  /// - Parameters:
  ///   - index: the rows of one or several summaries.
  ///   - metric: a numeric column.
  ///   - filters: what all sides must meet besides.
  ///   - further: columns that rows have beside those of the index.
  /// - Throws: `ReportingError` where a column is unknown, a side has no rows, or holds several trials of one seed at one place.
  package init(
    _ index: [IndexRow], sides: [Side], metric: String = "test_accuracy", meeting filters: [RowFilter] = [],
    beside further: [RowColumn] = [], isMatrix: Bool = false
  ) throws(ReportingError) {
    let reader = try Self.reader(of: metric, index)
    (self.metric, self.sides, self.isMatrix) = (Metrics.column(metric), sides, isMatrix)
    let shared = try RowFilter.rows(index, meeting: filters, beside: further)
    var chosen: [[IndexRow]] = []
    for side in sides {
      let met = try RowFilter.rows(shared, meeting: side.filters, beside: further)
      let rows = Self.results(met)
      guard !rows.isEmpty else { throw .noRowsMeeting([side.label]) }
      chosen.append(rows)
    }
    rows = chosen
    let keys = PairKeys(chosen, chosenBy: Set(sides.flatMap { $0.filters.flatMap(\.columns) }), of: index)
    columns = keys.columns
    var tables: [SideTable] = []
    for (side, rows) in zip(sides, chosen) {
      tables.append(try SideTable(rows, reader, keys, side.label, CurveSet.comparedColumns(of: index)))
    }
    var lines: [Line] = []
    var paired = tables.map { _ in Set<[String]>() }
    let pairs =
      isMatrix
      ? sides.indices.flatMap { one in
        sides.indices.dropFirst(one + 1).map { (reference: one, treatment: $0) }
      }
      : sides.indices.dropFirst().map { (reference: 0, treatment: $0) }
    for (reference, treatment) in pairs {
      for place in tables[treatment].places(with: tables[reference]) {
        let (treated, referred) = (tables[treatment].values(at: place), tables[reference].values(at: place))
        guard !treated.isEmpty, !referred.isEmpty else { continue }
        paired[treatment].insert(place)
        paired[reference].insert(place)
        let seeds = Set(treated.keys).intersection(referred.keys).sorted()
        lines.append(
          Line(
            treatment: treatment, reference: reference, place: keys.cells(place),
            treated: SampleStatistics(seeds.map { treated[$0] ?? nil }),
            referred: SampleStatistics(seeds.map { referred[$0] ?? nil }),
            difference: PairedDifference(
              treatment: treated.compactMapValues { $0 }, reference: referred.compactMapValues { $0 })))
      }
    }
    guard !lines.isEmpty else { throw .nothingPaired(sides.map(\.label), by: keys.columns) }
    for (place, p) in HolmCorrection.corrected(lines.map(\.difference.tTestP)).enumerated() {
      lines[place].correctedP = p
    }
    self.lines = lines
    unpaired = zip(tables, paired).map { table, places in table.count(outside: places) }
  }

  /// The values that pruned networks have of a column, in the order of the index.
  /// - Throws: `ReportingError.unknownColumn`.
  package static func values(of column: String, in rows: [IndexRow]) throws(ReportingError) -> [String] {
    let known = IndexRow.columnNames(of: rows)
    guard known.contains(column) || rows.contains(where: { $0[column: column] != nil }) else {
      throw .unknownColumn(column, known: known)
    }
    return ColumnCodes(rows.filter { !$0.isDense })[column].texts
  }

  private static func reader(
    of metric: String, _ rows: [IndexRow]
  ) throws(ReportingError) -> IndexColumnReader {
    let known = IndexRow.columnNames(of: rows)
    guard known.contains(metric) else { throw .unknownColumn(metric, known: known) }
    let reader = IndexColumnReader(metric)
    for row in rows { if case .text = reader.value(in: row) { throw .notNumeric(metric) } }
    return reader
  }

  /// What trials came to: of a schedule whose trials are ladders to one sparsity all rounds, else last rows. Dense networks count where
  /// nothing else is there.
  private static func results(_ rows: [IndexRow]) -> [IndexRow] {
    let pruned = rows.filter { !$0.isDense }
    let taken = pruned.isEmpty ? rows : pruned
    let ladders = Dictionary(grouping: taken, by: \.schedule).filter { _, rows in
      rows.allSatisfy { $0.isLadder && $0.targetSparsity == rows[0].targetSparsity }
    }
    return taken.filter { row in
      ladders[row.schedule] != nil || row.isFinal && (row.reachesTarget || row.targetSparsity.isNaN)
    }
  }
}

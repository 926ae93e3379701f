/// Rows under named columns, to be printed as text, Markdown, LaTeX, CSV or JSON.
///
/// People read rounded numbers in the unit of their heading; programs read full precision under the column's
/// name, fractions as fractions.
package struct Table: Sendable, Equatable {
  /// How a column's numbers are printed for people.
  package enum Format: Sendable, Equatable {
    case text
    /// A whole number.
    case integer
    /// With this many decimals.
    case decimal(Int)
    /// A fraction as percent, with this many decimals; the heading carries the sign.
    case percent(Int)

    /// Whether the column is set flush right.
    var isNumeric: Bool { self != .text }

    func text(_ value: Double, signed: Bool = false) -> String {
      let body =
        switch self {
        case .text: NumberText.exact(value)
        case .integer: NumberText.fixed(value, decimals: 0)
        case .decimal(let decimals): NumberText.fixed(value, decimals: decimals)
        case .percent(let decimals): NumberText.fixed(value * 100, decimals: decimals)
        }
      return signed && value.isFinite && !body.hasPrefix("-") ? "+" + body : body
    }
  }

  package struct Column: Sendable, Equatable {
    /// The name in CSV and JSON: `test_accuracy`.
    package var name: String
    /// The heading for people: `test accuracy (%)`.
    package var heading: String
    package var format: Format
    /// For a column of estimates: what the half-width is called in CSV and JSON, as a suffix to `name`.
    package var halfWidthSuffix: String?
    /// Whether a plus sign is printed, as for differences.
    package var isSigned: Bool
    /// Whether it tells rows apart: such a column is neither cut nor left out.
    package var isName: Bool
    /// What people read in place of some texts; programs read those.
    package var shown: [String: String]

    package init(
      name: String, heading: String? = nil, format: Format = .text, halfWidthSuffix: String? = nil,
      isSigned: Bool = false, isName: Bool = false, shown: [String: String] = [:]
    ) {
      self.name = name
      self.heading = heading ?? name
      self.format = format
      self.halfWidthSuffix = halfWidthSuffix
      self.isSigned = isSigned
      self.isName = isName
      self.shown = shown
    }
  }

  package enum Cell: Sendable, Equatable {
    case text(String)
    case number(Double)
    /// A mean with the half-width of its band, nil where there is none.
    case estimate(mean: Double, halfWidth: Double?)
    /// How many of something there are, of how many there should be.
    case count(Int, of: Int)
    case missing

    /// A text, which programs read as a number where it is one.
    package static func value(_ text: String) -> Cell {
      Double(text).flatMap { NumberText.exact($0) == text && $0.isFinite ? .number($0) : nil } ?? .text(text)
    }
  }

  package var columns: [Column]
  /// One array of cells a row, as many as there are columns; what lacks counts as missing.
  package var rows: [[Cell]]

  package init(columns: [Column], rows: [[Cell]] = []) {
    self.columns = columns
    self.rows = rows
  }

  package func cell(_ row: [Cell], _ column: Int) -> Cell { column < row.count ? row[column] : .missing }

  /// What a person reads in a cell; `–` where there is nothing.
  package func display(_ cell: Cell, _ column: Column) -> String {
    switch cell {
    case .text(let text): return column.shown[text] ?? text
    case .missing: return "–"
    case .count(let count, let expected): return count == expected ? "\(count)" : "\(count)/\(expected)"
    case .number(let value):
      return value.isFinite ? column.format.text(value, signed: column.isSigned) : "–"
    case .estimate(let mean, let halfWidth):
      guard mean.isFinite else { return "–" }
      let text = column.format.text(mean, signed: column.isSigned)
      guard let halfWidth, halfWidth.isFinite else { return text }
      return text + " ± " + column.format.text(halfWidth)
    }
  }

  /// The columns a program reads, in order: an estimate and a count are two of them.
  var machineColumns: [String] {
    zip(columns, suffixes).flatMap { column, suffix in
      [column.name] + (suffix.map { [column.name + $0] } ?? [])
    }
  }

  /// What is added to the name of each column for the second value of its cells; `nil` where they have one.
  private var suffixes: [String?] {
    columns.indices.map { index in
      columns[index].halfWidthSuffix
        ?? (rows.contains { if case .count = cell($0, index) { true } else { false } } ? "_expected" : nil)
    }
  }

  /// The values a program reads in each row, in the order of `machineColumns`; `missing` for what is not there.
  var machineRows: [[Cell]] {
    let hasTwo = suffixes.map { $0 != nil }
    return rows.map { row in
      var values: [Cell] = []
      values.reserveCapacity(columns.count)
      for index in columns.indices {
        switch cell(row, index) {
        case .estimate(let mean, let halfWidth):
          values.append(.number(mean))
          if hasTwo[index] { values.append(halfWidth.map(Cell.number) ?? .missing) }
        case .count(let count, let expected):
          values += [.number(Double(count)), .number(Double(expected))]
        case let other:
          values.append(other)
          if hasTwo[index] { values.append(.missing) }
        }
      }
      return values
    }
  }
}

import Coppice
import CoppiceBenchmarks
import CoppiceReporting

/// The rows of a benchmark as `coppice bench` prints them, with ratios to an earlier run where there is one.
struct BenchReport {
  let rows: [BenchmarkRow]
  let comparison: BenchmarkComparison?

  /// `{"schema_version": 1, "rows": […]}`; beside an earlier run each row also has `ratio`, `ratio_low` and `ratio_high`.
  var json: String {
    let list = rows.map { row in
      var members = row.members
      if let comparison {
        let ratio = comparison.ratio(row)
        members += [("ratio", ratio?.median), ("ratio_low", ratio?.low), ("ratio_high", ratio?.high)].map {
          ($0, $1.map(JSON.number) ?? .null)
        }
      }
      return JSON.members(members)
    }
    return JSON.object([
      ("schema_version", .integer(BenchmarkComparison.schemaVersion)), ("rows", .list(list)),
    ])
  }

  var table: Table {
    var columns: [Table.Column] = [
      .init(name: "benchmark"), .init(name: "model"), .init(name: "batch", format: .integer),
      .init(name: "threads", format: .integer), .init(name: "density", format: .decimal(3)),
      .init(name: "median", format: .decimal(2)), .init(name: "low", heading: "lowest", format: .decimal(2)),
      .init(name: "high", heading: "highest", format: .decimal(2)), .init(name: "unit"),
      .init(name: "fraction_of_limit", heading: "of limit (%)", format: .percent(0)),
      .init(name: "speed_up", heading: "× dense", format: .decimal(2)),
    ]
    if hasLimits { columns.append(.init(name: "limit", format: .decimal(1))) }
    if comparison != nil {
      columns += [
        .init(name: "ratio", heading: "now / then", format: .decimal(2)),
        .init(name: "ratio_low", heading: "lowest", format: .decimal(2)),
        .init(name: "ratio_high", heading: "highest", format: .decimal(2)),
      ]
    }
    return Table(columns: columns, rows: rows.map(cells))
  }

  /// Whether some row should stay below something.
  private var hasLimits: Bool { rows.contains { $0.limit != nil } }

  private func cells(_ row: BenchmarkRow) -> [Table.Cell] {
    let rates = [row.rates.median, row.rates.low, row.rates.high]
    var cells: [Table.Cell] = [
      .text(row.key.benchmark), .text(row.key.model), .optional(row.key.batch.map(Double.init)),
      .number(Double(row.key.threads)), .optional(row.key.density),
    ]
    // Steps come by the thousand, seconds a trial in thousandths.
    cells += rates.map { .text(NumberText.fixed($0, decimals: $0 < 1 ? 4 : 2)) }
    cells += [.text(row.unit), .optional(row.fractionOfLimit), .optional(speedUp(row))]
    if hasLimits { cells.append(.optional(row.limit)) }
    if let comparison {
      let ratio = comparison.ratio(row)
      cells += [.optional(ratio?.median), .optional(ratio?.low), .optional(ratio?.high)]
    }
    return cells
  }

  /// How many times as fast as the dense network a sparse one is; `nil` where the dense one was not measured.
  private func speedUp(_ row: BenchmarkRow) -> Double? {
    guard let density = row.key.density, density < 1 else { return nil }
    let dense = rows.first {
      ($0.key.benchmark, $0.key.model, $0.key.batch, $0.key.threads, $0.key.density)
        == (row.key.baseline, row.key.model, row.key.batch, row.key.threads, 1)
    }
    return dense.map { row.rates.median / $0.rates.median }
  }
}

extension Table.Cell {
  /// A number, or missing.
  static func optional(_ value: Double?) -> Table.Cell { value.map(Self.number) ?? .missing }
}

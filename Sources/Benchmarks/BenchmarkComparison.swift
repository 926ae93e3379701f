import CoppiceTerms

/// The rows of an earlier `coppice bench --json`, to which later ones are compared.
package struct BenchmarkComparison: Sendable {
  /// The schema that `coppice bench --json` writes and this reads.
  package static let schemaVersion = 1

  private let earlier: [BenchmarkRow.Key: BenchmarkRow]

  /// Reads what `coppice bench --json` printed.
  ///
  /// - Throws: `BenchmarkFileError`, which says what is wrong in which row.
  package init(parsing text: String) throws(BenchmarkFileError) {
    guard let json = JSON(parsing: text) else { throw .notJSON }
    guard case .integer(Self.schemaVersion)? = json["schema_version"] else { throw .schema }
    guard case .list(let list)? = json["rows"] else { throw .noRows }
    var earlier: [BenchmarkRow.Key: BenchmarkRow] = [:]
    for (index, member) in list.enumerated() {
      let row = try BenchmarkRow(member, row: index)
      earlier[row.key] = row
    }
    self.earlier = earlier
  }

  /// Now over then: of the medians, and the least and the greatest that both spreads allow. `nil` where the earlier run has no such row,
  /// or has it in another unit.
  package func ratio(_ row: BenchmarkRow) -> Rates? {
    guard let then = earlier[row.key], then.unit == row.unit else { return nil }
    return Rates(
      median: row.rates.median / then.rates.median, low: row.rates.low / then.rates.high,
      high: row.rates.high / then.rates.low)
  }
}

/// What is wrong with a file of benchmark rows.
package enum BenchmarkFileError: Error, Hashable, CustomStringConvertible {
  case notJSON
  case schema
  case noRows
  case field(String, kind: String, row: Int)

  package var description: String {
    switch self {
    case .notJSON: "it is not JSON"
    case .schema: "its schema_version is not \(BenchmarkComparison.schemaVersion)"
    case .noRows: "it has no list \"rows\""
    case .field(let name, let kind, let row): "\"\(name)\" of row \(row) is not a \(kind)"
    }
  }
}

extension BenchmarkFileError: ReportedError {
  package var exitCode: FailureCode { .badData }
}

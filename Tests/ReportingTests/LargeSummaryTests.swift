import CoppiceReporting
import CoppiceStore
import Foundation
import Testing

/// An index of very many rows, as years of sweeps make it.
@Suite struct LargeSummaryTests {
  /// Rows of `cells` sparsities of some criteria, granularities and retrainings, ten seeds each, and a dense network a seed.
  private static func rows(_ count: Int) -> [IndexRow] {
    let criteria = ["magnitude", "random", "snip", "grasp", "synflow"]
    let seeds = 10
    var rows = (0..<seeds).map {
      IndexRows.row(criterion: "none", schedule: "none", target: 0, seed: $0, round: 0, accuracy: 0.9)
    }
    let levels = 100
    var place = 0
    while rows.count < count {
      let (group, level, seed) = (place / (levels * seeds), place / seeds % levels, place % seeds)
      let target = Double(level + 1) / Double(levels + 1)
      var row = IndexRows.row(
        trial: "trial-\(place)-seed\(seed)", criterion: criteria[group % criteria.count], target: target,
        seed: seed, accuracy: 0.9 - 0.1 * target + 0.001 * Double(place * 7919 % 13))
      row.granularity = "granularity-\(group / criteria.count % 5)"
      row.allocation = "allocation-\(group / (5 * criteria.count))"
      rows.append(row)
      place += 1
    }
    return rows
  }

  @Test func allOfThemAreGrouped() throws {
    let rows = Self.rows(12_010)
    let curves = try CurveSet(rows)
    #expect(curves.columns == ["criterion", "granularity"])
    #expect(curves.curves.count == 12 && curves.curves.allSatisfy { $0.cells.count == 100 })
    #expect(curves.curves.allSatisfy { $0.cells.allSatisfy { $0.rows.map(\.seed) == Array(0..<10) } })
    #expect(curves.baselines.count == 1)
  }

  /// Writes one of 100,000 rows for measurements.
  @Test(.enabled(if: path != nil, "COPPICE_LARGE_SUMMARY names the file"))
  func aSummaryIsWritten() throws {
    try SummaryFile.write(
      Summary(experiment: "large", configuration: "{}", provenance: "{}", rows: Self.rows(100_000)),
      to: try #require(Self.path), replacing: true)
  }

  private static let path = ProcessInfo.processInfo.environment["COPPICE_LARGE_SUMMARY"]
}

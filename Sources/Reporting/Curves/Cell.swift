import CoppiceStore

/// The rows that one point of a curve, or one line of a results table, stands for: the same configuration at the
/// same level, one row a seed.
package struct Cell: Sendable, Equatable {
  /// What orders and tells apart the cells of a curve: the sparsity asked for over final rows, the round over
  /// the rounds of a ladder.
  package let level: Double
  /// In ascending order of the seed.
  package let rows: [IndexRow]
  /// How many seeds there should be.
  package let expectedSeeds: Int
  /// The mean of the achieved densities, 0…1; where none was logged, of what was asked for.
  package let density: Double
  /// The mean of the sparsities asked for, 0…1; NaN where none was logged.
  package let requestedSparsity: Double
  /// The mean of the shares asked for of what a target of costs counts, and of those that are gone, 0…1; NaN under a target of weights.
  package let requestedShare: Double
  package let achievedShare: Double
  /// How many trials ended here as `collapsed`.
  package let collapsed: Int
  /// How many trials ended here as `diverged`.
  package let diverged: Int
  /// How many trials ended here as `failed`.
  package let failed: Int
  /// How many of the rows are networks at chance; `nil` where none was asked.
  package let chance: Int?
  /// How many of them are smaller than the dense network and not faster, for one example and for 64; `nil` where nobody measured.
  package let notFaster: Int?
  package let notFaster64: Int?

  /// - Parameters:
  ///   - rows: what was measured at this level.
  ///   - ended: the last rows of the trials that end in this cell, or were meant to.
  init(level: Double, rows: [IndexRow], ended: [IndexRow], expectedSeeds: Int) {
    self.level = level
    self.rows = rows.sorted { $0.seed < $1.seed }
    self.expectedSeeds = expectedSeeds
    let asked = rows.isEmpty ? ended.map(\.targetSparsity) : rows.map(\.requestedSparsity)
    density = SampleStatistics(rows.map(\.density)).mean ?? 1 - (SampleStatistics(asked).mean ?? 0)
    requestedSparsity = SampleStatistics(asked).mean ?? .nan
    requestedShare = SampleStatistics(rows.map { $0[metric: .requestedShare] }).mean ?? .nan
    achievedShare = SampleStatistics(rows.map { $0[metric: .achievedShare] }).mean ?? .nan
    collapsed = ended.count { $0.status == .collapsed }
    diverged = ended.count { $0.status == .diverged }
    failed = ended.count { $0.status == .failed }
    func marked(_ metric: Metric) -> Int? {
      let marks = rows.map { $0[metric: metric] }.filter { !$0.isNaN }
      return marks.isEmpty ? nil : marks.count { $0 > 0 }
    }
    (chance, notFaster, notFaster64) = (marked(.chance), marked(.notFaster), marked(.notFaster64))
  }

  /// Whether the sparsity that came of it is another than was asked for.
  package var isMissed: Bool { abs(requestedSparsity - (1 - density)) >= IndexRow.toldDifference }

  /// Whether a trial ended here other than as planned.
  package var isTroubled: Bool { collapsed + diverged + failed > 0 }

  /// What happened to those: `1 collapsed, 2 diverged`; empty for nothing.
  package var troubleText: String {
    [(collapsed, "collapsed"), (diverged, "diverged"), (failed, "failed")]
      .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
  }

  /// The round, where all rows agree on one.
  package var round: Int? {
    guard let round = rows.first?.round, rows.allSatisfy({ $0.round == round }) else { return nil }
    return round
  }

  /// The values of a metric over the seeds; none of a training that diverged, whatever was measured before it ended.
  package func sample(_ metric: String) -> SampleStatistics {
    let reader = IndexColumnReader(metric)
    return SampleStatistics(rows.map { Self.value($0, reader) }, expected: expectedSeeds)
  }

  private static func value(_ row: IndexRow, _ metric: IndexColumnReader) -> Double? {
    guard row.status != .diverged, let number = metric.value(in: row)?.number, number.isFinite else {
      return nil
    }
    return number
  }

  /// The values of a metric by seed.
  package func values(_ metric: String) -> [Int: Double] {
    var values: [Int: Double] = [:]
    let reader = IndexColumnReader(metric)
    for row in rows { values[row.seed] = Self.value(row, reader) }
    return values
  }
}

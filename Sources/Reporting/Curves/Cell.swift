/// The rows that one point of a curve, or one line of a results table, stands for: the same configuration at the
/// same level, one row a seed.
package struct Cell: Sendable, Equatable {
  /// What orders and tells apart the cells of a curve: the sparsity asked for over final rows, the round over
  /// the rounds of a ladder.
  package let level: Double
  /// In ascending order of the seed.
  package let rows: [ResultRow]
  /// How many seeds there should be.
  package let expectedSeeds: Int
  /// How many trials ended here as `collapsed`.
  package let collapsed: Int
  /// How many trials ended here as `diverged`.
  package let diverged: Int
  /// How many trials ended here as `failed`.
  package let failed: Int

  /// - Parameter ended: those of `rows` that are the last of their trial.
  init(level: Double, rows: [ResultRow], ended: [ResultRow], expectedSeeds: Int) {
    self.level = level
    self.rows = rows.sorted { ($0.number("seed") ?? 0) < ($1.number("seed") ?? 0) }
    self.expectedSeeds = expectedSeeds
    collapsed = ended.count { $0.text("status") == "collapsed" }
    diverged = ended.count { $0.text("status") == "diverged" }
    failed = ended.count { $0.text("status") == "failed" }
  }

  /// Whether a trial ended here other than as planned.
  package var isTroubled: Bool { collapsed + diverged + failed > 0 }

  /// What happened to those: `1 collapsed, 2 diverged`; empty for nothing.
  package var troubleText: String {
    [(collapsed, "collapsed"), (diverged, "diverged"), (failed, "failed")]
      .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
  }

  /// The mean of the achieved densities, 0…1; where none was logged, of what was asked for.
  package var density: Double {
    if let mean = Sample(rows.map { $0.number("density") }).mean { return mean }
    let asked = rows.map { $0.number("requested_sparsity") ?? $0.number("target_sparsity") }
    return 1 - (Sample(asked).mean ?? 0)
  }

  /// The round, where all rows agree on one.
  package var round: Int? {
    guard let round = rows.first?.number("round") else { return nil }
    return rows.allSatisfy { $0.number("round") == round } ? Int(round) : nil
  }

  /// The values of a metric over the seeds.
  package func sample(_ metric: String) -> Sample {
    Sample(rows.map { $0.number(metric) }, expected: expectedSeeds)
  }

  /// The values of a metric by seed.
  package func values(_ metric: String) -> [Int: Double] {
    var values: [Int: Double] = [:]
    for row in rows {
      if let seed = row.number("seed"), let value = row.number(metric) { values[Int(seed)] = value }
    }
    return values
  }
}

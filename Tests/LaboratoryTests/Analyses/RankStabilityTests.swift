import CoppiceLaboratory
import CoppiceStore
import CoppiceTerms
import Testing

@Suite struct RankStabilityTests {
  /// Rows of five criteria at some ratios and seeds, before and after retraining.
  private func table(
    _ values: [(seed: Int, density: Double, retraining: String, values: [Double])],
    metric: String = "test_accuracy"
  ) throws -> NamedTable {
    var rounds: [AnalysisRound] = []
    for entry in values {
      for (place, value) in entry.values.enumerated() {
        var row = IndexRow(
          trial: "\(place)-\(entry.density)-\(entry.retraining)-\(entry.seed)", seed: entry.seed, round: 1)
        (row.isFinal, row.control, row.model, row.dataset) = (true, "none", "m", "d")
        (row.criterion, row.schedule, row.retraining) = ("criterion \(place)", "one-shot", entry.retraining)
        (row.targetSparsity, row.requestedSparsity) = (1 - entry.density, 1 - entry.density)
        row[metric: .testAccuracy] = value
        rounds.append(
          AnalysisRound(
            row: row, masks: nil,
            training: StageKey(Specification("training", version: 1, [("trial", .text(row.trial))]))))
      }
    }
    let analysis = Analysis.rankStability(metric: metric)
    #expect(analysis.measure(rounds).isEmpty)
    let context = AnalysisContext(rounds: rounds) { _ in StageRecord(key: "") }
    return try #require(try analysis.tables(context).first)
  }

  /// SciPy's τ-b of the orders, see `KendallTauTests`.
  @Test func ordersBeforeAndAfterAreCompared() throws {
    let table = try table([
      (0, 0.5, "none", [0.1, 0.2, 0.3, 0.4, 0.5]), (0, 0.5, "fine-tune", [0.95, 0.93, 0.94, 0.91, 0.92]),
      (1, 0.5, "none", [0.1, 0.2, 0.3, 0.4, 0.5]), (1, 0.5, "fine-tune", [0.6, 0.7, 0.8, 0.9, 0.99]),
      (0, 0.2, "none", [0.3, 0.3, 0.3, 0.3, 0.3]), (0, 0.2, "fine-tune", [0.5, 0.4, 0.3, 0.2, 0.1]),
    ])
    func rows(_ compared: String) -> [Int] {
      table.texts("compared").indices.filter { table.texts("compared")[$0] == compared }
    }
    let kinds = [
      "before and after fine-tune", "two seeds, no retraining", "two seeds, fine-tune",
      "two ratios, no retraining", "two ratios, fine-tune",
    ]
    #expect(Set(table.texts("compared")) == Set(kinds))
    #expect(kinds.map { rows($0).count } == [3, 1, 1, 1, 1])
    let retrained = rows(kinds[0])
    #expect(areNear(retrained.map { table.values("tau")[$0] }, [-0.6, 1, .nan]))
    #expect(retrained.map { table.texts("seeds")[$0] } == ["0", "1", "0"])
    #expect(areNear(retrained.map { table.values("density")[$0] }, [0.5, 0.5, 0.2]))
    #expect(retrained.map { table.texts("same_best")[$0] }.prefix(2) == ["no", "yes"])
    let seeds = [rows(kinds[1])[0], rows(kinds[2])[0]].map { table.values("tau")[$0] }
    #expect(areNear(seeds, [1, -0.6]))
    #expect(rows(kinds[2]).map { table.texts("seeds")[$0] } == ["0 and 1"])
    // The smaller of two ratios' densities is where they stand.
    #expect(areNear(rows(kinds[4]).map { table.values("density")[$0] }, [0.2]))
    #expect(areNear(rows(kinds[4]).map { table.values("tau")[$0] }, [0.6]))
    #expect(Set(table.values("methods")) == [5])
  }

  /// Methods that only one order has take no part, and one method alone has no order.
  @Test func methodsInBothOrdersAreCompared() throws {
    let some = try table([
      (0, 0.5, "none", [0.1, .nan, 0.3, 0.4]), (0, 0.5, "fine-tune", [0.3, 0.2, 0.1]),
    ])
    #expect(some.values("methods") == [2] && areNear(some.values("tau"), [-1]))
    #expect(try table([(0, 0.5, "none", [0.1]), (0, 0.5, "fine-tune", [0.3])]).rowCount == 0)
    #expect(try table([(0, 0.5, "none", [0.1, 0.2])], metric: "nonsense").rowCount == 0)
  }
}

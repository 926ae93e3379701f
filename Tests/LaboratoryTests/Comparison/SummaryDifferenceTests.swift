import CoppiceLaboratory
import CoppiceStore
import CoppiceTerms
import Testing

@Suite struct SummaryDifferenceTests {
  /// Two cells of two seeds with a dense baseline, whose accuracy is 0.1 × seed + shift.
  private func summary(
    seeds: [Int] = [0, 1], shift: Double = 0, _ change: (inout Trial) throws -> Void = { _ in }
  ) throws -> Summary {
    var (rows, configurations): ([IndexRow], [(name: String, value: JSON)]) = ([], [])
    for (place, sparsity) in [0, 0.5, 0.75].enumerated() {
      for seed in seeds {
        var trial = Trial(sparsity: sparsity, seed: seed)
        try change(&trial)
        var row = IndexRow(trial: "t\(place)-\(seed)-\(trial.batchSize)", seed: seed, round: 0)
        row.isFinal = true
        row[metric: .testAccuracy] = 0.1 * Double(seed) + shift
        row[metric: .wallTime] = shift
        rows.append(row)
        configurations.append((row.trial, JSON(parsing: trial.configuration) ?? .null))
      }
    }
    return Summary(
      experiment: "e", configuration: JSON.object([("trials", .members(configurations))]), provenance: "{}",
      rows: rows)
  }

  @Test func equalSummariesAreIdentical() throws {
    let difference = SummaryDifference(try summary(), try summary())
    #expect(difference.isIdentical && difference.pairs.count == 6)
  }

  /// What all trials of one have otherwise is told once, and they are matched all the same.
  @Test func aSettingOfAllTrialsIsToldOnce() throws {
    let difference = SummaryDifference(try summary(), try summary(shift: 0.25) { $0.batchSize = 30 })
    #expect(difference.settings.map(\.name) == ["batch-size"])
    #expect(difference.settings[0].one == "60" && difference.settings[0].other == "30")
    #expect(difference.pairs.count == 6 && difference.onlyOne.isEmpty && difference.onlyOther.isEmpty)
    #expect(!difference.isIdentical)
    #expect(difference.pairs.allSatisfy { $0.differences.map(\.column) == ["test_accuracy"] })
    #expect(Set(difference.pairs.map(\.cell)) == ["sparsity=0.0", "sparsity=0.5", "sparsity=0.75"])
  }

  @Test func trialsOfOneSideAreNamed() throws {
    let difference = SummaryDifference(try summary(), try summary(seeds: [1, 2]))
    #expect(difference.onlyOne == ["t0-0-60", "t1-0-60", "t2-0-60"])
    #expect(difference.onlyOther == ["t0-2-60", "t1-2-60", "t2-2-60"])
    #expect(difference.pairs.count == 3 && !difference.isIdentical)
  }
}

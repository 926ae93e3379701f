import CoppiceLaboratory
import CoppiceStore
import CoppiceTensors
import Testing

extension Running {
  @Suite struct RoundOverlapTests {
    /// Masks that shrink have the smaller one in common, and the index is the ratio of their sizes.
    @Test func masksThatShrinkHaveTheSmallerInCommon() throws {
      let plan = try SweepPlan(
        Experiment(
          "test", question: "Do they move?",
          base: Trial.tiny.with {
            ($0.schedule, $0.sparsity) = (.lotteryTicket(rounds: 3, rate: 0.4), nil)
          }, analyses: [.roundOverlap]
        ) { SweepStep { $0 } }, library: Bench.library)
      let bench = try Bench()
      let report = try bench.run(plan)
      let table = try #require(try SummaryFile.read(report.summary).analyses.first)
      let ladder = try bench.record(plan.ticket, of: plan)
      #expect(table.rowCount == 9)
      for row in 0..<9 {
        let masks = try [table.integers("round")[row], table.integers("other_round")[row]].map { index in
          try #require(ladder.rounds.first { $0.index == index }?.masks)
        }
        let kept = masks.map(\.keptCount).sorted()
        #expect(abs(table.numbers("jaccard")[row] - Double(kept[0]) / Double(kept[1])) < 1e-12)
      }
    }
  }
}

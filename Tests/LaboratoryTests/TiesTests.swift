import CoppiceLaboratory
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import Testing

extension Running {
  /// Equal scores in whole trials: the trial's seed decides, and the index says how often.
  @Suite struct TiesTests {
    /// All of 228 weights have one score.
    static let constant = Criterion("constant", version: 1) { context in
      try context.scoreEach { _, weight in Tensor(weight.shape, weight.scalars.map { _ in 1 }) }
    }

    private func record(_ bench: Bench, threads: Int = 1, _ change: (inout Trial) -> Void) throws
      -> TrialRecord
    {
      let plan = try SweepPlan(
        Trial.tiny.with {
          $0.criterion = Self.constant
          change(&$0)
        })
      try bench.run(plan, threads: threads)
      return try bench.record(plan.ticket, of: plan)
    }

    @Test func theSeedDecidesAndTheIndexCounts() throws {
      let bench = try Bench()
      let first = try record(bench) { $0.seed = 1 }
      let second = try record(bench) { $0.seed = 2 }
      for record in [first, second] {
        #expect(record.rounds[0].row[metric: .ties].isNaN || record.rounds[0].index == 1)
        let round = try #require(record.rounds.last)
        #expect(round.row[metric: .ties] == 114)
        // Both layers give about half: 192 and 36 weights.
        let masks = try #require(round.masks)
        #expect(masks.map(\.mask.density).allSatisfy { (0.25...0.75).contains($0) })
      }
      #expect(first.rounds.last?.masks != second.rounds.last?.masks)
      let threads = try record(try Bench(), threads: 2) { $0.seed = 1 }
      #expect(threads.shortDigest == first.shortDigest)
    }

    @Test func roundsAndStrokesTakeTheSameWeights() throws {
      let bench = try Bench()
      let once = try record(bench) { $0.sparsity = 0.75 }
      let rounds = try record(bench) { ($0.sparsity, $0.schedule) = (0.75, .iterative(rounds: 3)) }
      #expect(rounds.rounds.last?.masks == once.rounds.last?.masks)
      // A mask that is drawn has no scores.
      let random = try record(bench) { $0.control = .randomMask }
      #expect(random.rounds.last?.row[metric: .ties].isNaN == true)
    }

    @Test func masksThatMoveCountTheTiesOfAllTheirPrunings() throws {
      let record = try record(Bench()) {
        ($0.schedule, $0.sparsity) = (.none, 0.9)
        $0.dynamics = .gradual(from: .iterations(4), to: .iterations(20), every: .iterations(4))
      }
      // 205 of 228 go, never all of a score.
      #expect(record.rounds.last?.row[metric: .ties] == 205)
    }
  }
}

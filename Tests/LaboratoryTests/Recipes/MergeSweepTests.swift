import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTestSupport
import Testing

extension Running {
  /// Merging beside deletion in a sweep, in rounds, on the smaller network too.
  @Suite struct MergeSweepTests {
    @Test func besideDeletionAtEqualSize() throws {
      let trial = Trial.tiny.with {
        ($0.model, $0.dataset, $0.batchSize) = (.vgg16(width: 6, blocks: [1, 1]), .tinyGlyphs, 10)
        ($0.granularity, $0.training, $0.evaluation) = (.channel, .iterations(12), .iterations(6))
        ($0.schedule, $0.sparsity) = (.iterative(rounds: 2), 0.5)
        ($0.retraining, $0.compaction) = (.fineTune(.iterations(3)), .afterPruning)
      }
      let plan = try SweepPlan(trial) {
        Axis(\.criterion, [.magnitude, .merge(ranking: .magnitude), .merge()])
      }
      let (bench, other) = (try Bench(), try Bench())
      #expect(try bench.run(plan).failures.isEmpty)
      // Threads change no bit.
      try other.run(plan, threads: 3)
      #expect(try other.digests(plan) == bench.digests(plan))
      let records = try plan.trials.filter { $0.trial.sparsity != 0 }.map { try bench.record($0, of: plan) }
      #expect(records.count == 3)
      for record in records {
        #expect(record.status == .completed && record.rounds.allSatisfy { $0.invariants.fault == nil })
        #expect(record.rounds.last?.invariants.contains(InvariantRecord("compacted-logits")) == true)
      }
      // What went first went by the same scores.
      #expect(records[0].rounds[1].masks == records[1].rounds[1].masks)
      let (deleted, merged) = (
        try #require(records[0].rounds[1].weights), try #require(records[1].rounds[1].weights)
      )
      #expect(!deleted.hasSameBits(as: merged))
    }

    @Test func residualStreamsAreRefusedWithTheReason() {
      let text = message {
        _ = try SweepPlan(
          Trial.tiny.with {
            ($0.model, $0.dataset) = (.resnet([3, 4], blocks: 1), .tinyGlyphs)
            ($0.criterion, $0.granularity) = (.merge(), .channel)
          })
      }
      #expect(text.contains("can stand for another") && text.contains("together with others"), "\(text)")
    }
  }
}

import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Foundation
import Synchronization
import Testing

extension Running {
  /// Whole runs in which something does not hold.
  @Suite struct BrokenRunTests {
    /// Says that masks only shrink, and gives weights back.
    private static let liar = Dynamics(
      "liar", version: 1, isDue: { [10, 20].contains($0.step) }
    ) { context in
      DynamicMasks(
        active: MaskSet(
          context.masks.active.map { name, mask in
            let byte = { (place: Int) -> UInt8 in place % 2 == context.moment.step / 10 % 2 ? 1 : 0 }
            return (name, Mask(mask.shape, (0..<mask.count).map(byte)))
          }))
    }

    @Test func aTrainingInWhichSomethingDoesNotHoldEndsTheTrial() throws {
      let bench = try Bench()
      let plan = try SweepPlan(
        Trial.tiny.with { ($0.schedule, $0.dynamics) = (.none, Self.liar) }
      ) { Axis(\.control, [.none, .randomReinitialisation]) }
      for _ in 0..<2 {
        let report = try bench.run(plan, retriesFailed: true)
        // The control builds on the training, and has failed with it; the dense baseline is there.
        #expect(report.count(.failed) == 2 && report.count(.completed) == 1)
        #expect(report.failures.count == 2)
        #expect(
          report.failures.allSatisfy {
            $0.message.contains("shrinking-masks is broken after step 20 of a training")
          }, "\(report.failures)")
        let record = try bench.record(plan.trials[1], of: plan)
        #expect(record.status == .failed && record.rounds.map(\.row.status) == [.failed])
        let found = record.rounds[0].invariants
        #expect(found.filter { !$0.isHeld }.map(\.name) == ["shrinking-masks"])
        #expect(found.first { $0.name == "inactive-weights" }?.isHeld == true)
        // It ended where that was found.
        #expect(record.rounds[0].evaluations.map(\.step).allSatisfy { $0 <= 20 })
        // What did not hold is kept with its trial, which no run tries again by itself.
        let reason = try #require(record.failure)
        #expect(reason.isLasting && report.failures.contains { $0.message == reason.reason })
        let work = try bench.work(plan)
        #expect(work.stages == 0 && work.reusedTrials == 1)
      }
      // Nothing is built on it: the stage is made again where it is asked for.
      let made = Mutex(0)
      try bench.run(plan, retriesFailed: true, failsFast: true) { event in
        if case .began(let stages, _, _, _, _, _) = event { made.withLock { $0 = stages } }
      }
      #expect(made.withLock { $0 } > 0)
    }

    /// Somebody has put masks in the place of a stage's, under which more survive than before.
    @Test func forgedMasksThatGrowFailTheirTrial() throws {
      let bench = try Bench()
      let plan = try SweepPlan(
        Trial.tiny.with { ($0.schedule, $0.sparsity) = (.lotteryTicket(rounds: 2, rate: 0.4), nil) })
      #expect(try bench.run(plan).failures.isEmpty)
      let digests = try bench.digests(plan)
      let held = try bench.record(plan.ticket, of: plan)
      #expect(
        held.rounds.map { $0.invariants.map(\.name) } == [
          ["test-set"],
          ["rewound-weights", "inactive-weights", "counted-sparsity", "test-set"],
          ["rewound-weights", "inactive-weights", "counted-sparsity", "shrinking-masks", "test-set"],
        ])
      #expect(held.rounds.flatMap(\.invariants).fault == nil)
      let key = try #require(plan.ticket.rounds[2][.masks])
      let training = try #require(plan.ticket.rounds[2][.training])
      let good = try #require(try bench.results.stages.read(key.hexadecimal))
      var forged = good
      // Another half than the first round left.
      let before = try #require(held.rounds[1].masks)
      forged.masks[0].values = MaskSet(
        before.map { name, mask in (name, Mask(mask.shape, mask.bytes.map { 1 - $0 })) })
      try bench.results.stages.write(forged)
      unlink(bench.results.stages.file(training.hexadecimal))
      unlink(bench.file(plan.ticket, of: plan))
      let report = try bench.run(plan)
      #expect(report.failures.map(\.trial) == [plan.ticket.name])
      let fault = try #require(report.failures.first?.message)
      #expect(fault.contains("the invariant shrinking-masks is broken in round 2:"), "\(fault)")
      #expect(fault.contains("`coppice clean --stages --all`"), "\(fault)")
      let record = try bench.record(plan.ticket, of: plan)
      #expect(
        record.status == .failed && record.rounds.map(\.row.status) == [.completed, .completed, .failed])
      #expect(record.rounds[2].invariants.first { !$0.isHeld }?.fault == fault)
      // Put right, it is what it was.
      try bench.results.stages.write(good)
      unlink(bench.results.stages.file(training.hexadecimal))
      #expect(try bench.run(plan).failedBefore.map(\.trial) == [plan.ticket.name])
      #expect(try bench.run(plan, retriesFailed: true).failures.isEmpty)
      #expect(try bench.digests(plan) == digests)
    }

    /// An interruption loses nothing of what was found before it.
    @Test func findingsGoOnBehindACheckpoint() throws {
      func plan(_ alarm: InterruptionTests.Alarm? = nil) throws -> SweepPlan {
        try SweepPlan(
          Trial.tiny.with {
            $0.learningRate = LearningRate("ticking", version: 1) { _, _ in
              alarm?.tick()
              return 0.005
            }
          })
      }
      let (bench, other) = (try Bench(), try Bench())
      // In the middle of the ticket's training, behind its first evaluation.
      let alarm = InterruptionTests.Alarm(after: 45)
      let first = try bench.run(try plan(alarm), interruption: alarm.interruption)
      #expect(first.isInterrupted)
      let whole = try plan()
      let second = try bench.run(whole)
      #expect(second.failures.isEmpty)
      try other.run(whole)
      let (record, expected) = (
        try bench.record(whole.ticket, of: whole), try other.record(whole.ticket, of: whole)
      )
      #expect(record.rounds[1].invariants == expected.rounds[1].invariants)
      #expect(record.rounds[1].invariants.contains(InvariantRecord("rewound-weights")))
    }
  }
}

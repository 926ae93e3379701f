import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import Foundation
import Synchronization
import Testing

extension Running {
  /// A run that was stopped anywhere ends with the bits of one that was not.
  @Suite struct InterruptionTests {
    /// Asks for an end when it has been called so often.
    final class Alarm: Sendable {
      let interruption = Interruption()
      private let left: Mutex<Int>

      init(after calls: Int) { left = Mutex(calls) }

      func tick() {
        left.withLock { left in
          left -= 1
          if left == 0 { interruption.request() }
        }
      }
    }

    /// A trial whose learning rate, asked for in every step, ticks; its specification does not depend on the alarm.
    private func plan(_ trial: Trial, _ alarm: Alarm? = nil) throws -> SweepPlan {
      let rate = trial.learningRate
      return try SweepPlan(
        trial.with {
          $0.learningRate = LearningRate("ticking", version: 1) { step, total in
            alarm?.tick()
            return rate(step: step, total: total)
          }
        })
    }

    @Test(arguments: Trial.families.indices) func resumedTrainingsEndWithTheSameBits(family: Int) throws {
      try expectSameBits(Trial.families[family], family)
    }

    @Test(arguments: [0, 2, 3]) func resumedTrainingsOfSmallerNetworksEndWithTheSameBits(family: Int) throws {
      let trial = Trial.families[family].with {
        ($0.granularity, $0.compaction) = (.coupledUnit, .afterPruning)
      }
      try expectSameBits(trial, family)
    }

    /// The first training, then one with codes whose ranges move half of the way, and what comes behind.
    @Test(arguments: [0, 2]) func resumedTrainingsWithCodesEndWithTheSameBits(family: Int) throws {
      let trial = Trial.families[family].with {
        ($0.schedule, $0.scoringBatch) = (.oneShot, 8)
        $0.recipe = Recipe([
          .train(), .prune(sparsity: 0.5), .quantise(calibration: .percentile(batches: 2), aware: 0.5),
          .retrain(.fineTune(.iterations(9))),
        ])
      }
      try expectSameBits(trial, family)
    }

    private func expectSameBits(_ trial: Trial, _ family: Int) throws {
      let plan = try plan(trial)
      let steps = plan.stages.reduce(0) { $0 + $1.steps }
      let reference = try Bench()
      try reference.run(plan)
      let expected = try reference.digests(plan)
      var random = RandomStream(seed: UInt64(family), stream: .generation)
      // Stopped again and again in one folder, until nothing is left to stop.
      let bench = try Bench()
      var runs = 0
      while runs < 20 {
        let alarm = Alarm(after: 1 + Int(random.integer(below: UInt32(steps / 2))))
        let report = try bench.run(
          try self.plan(trial, alarm), checkpointInterval: runs == 0 ? 0 : 1_000,
          interruption: alarm.interruption)
        runs += 1
        if !report.isInterrupted { break }
        #expect(report.count(.interrupted) > 0)
      }
      #expect(runs > 1)
      try bench.run(plan)
      #expect(try bench.digests(plan) == expected)
      #expect(bench.results.stages.paths().count == plan.stages.count)
    }

    @Test(arguments: [1, 20, 30, 31, 60]) func everyStepIsAGoodMomentToStop(step: Int) throws {
      let trial = Trial.tiny
      let reference = try Bench()
      let plan = try plan(trial)
      try reference.run(plan)
      let bench = try Bench()
      let alarm = Alarm(after: step)
      let report = try bench.run(try self.plan(trial, alarm), jobs: 2, interruption: alarm.interruption)
      #expect(report.isInterrupted)
      // Nothing of what was done is done again.
      let resumed = Alarm(after: .max)
      try bench.run(try self.plan(trial, resumed))
      #expect(try bench.digests(plan) == reference.digests(plan))
    }

    @Test func theTimeOfARunIsOverBeforeItsDeadline() throws {
      #expect(Interruption(deadline: 3600).reason == nil)
      let (bench, plan) = (try Bench(), try plan(.tiny))
      let report = try bench.run(plan, interruption: Interruption(deadline: 0))
      #expect(report.interruption == .deadline && report.count(.interrupted) == plan.trials.count)
      #expect(try bench.run(plan, interruption: Interruption(deadline: 3600)).interruption == nil)
    }

    @Test func aTrainingGoesOnWhereItStopped() throws {
      let bench = try Bench()
      let alarm = Alarm(after: 12)
      try bench.run(try plan(.tiny, alarm), interruption: alarm.interruption)
      let count = Mutex(0)
      let steps = LearningRate("ticking", version: 1) { _, _ in
        count.withLock { $0 += 1 }
        return 0.005
      }
      try bench.run(try SweepPlan(Trial.tiny.with { $0.learningRate = steps }))
      // 30 of the dense training, of which 12 were made, and 30 of the ticket.
      #expect(count.withLock { $0 } == 60 - 12)
    }

    @Test func aDamagedCheckpointIsNotTrusted() throws {
      let reference = try Bench()
      let plan = try plan(.tiny)
      try reference.run(plan)
      let dense = try #require(plan.ticket.rounds[0][.training]).hexadecimal
      for isEmpty in [true, false] {
        let bench = try Bench()
        let alarm = Alarm(after: 12)
        try bench.run(try self.plan(.tiny, alarm), interruption: alarm.interruption)
        #expect(try bench.results.stages.readCheckpoint(dense)?[numbers: "step"] == [12])
        let file = bench.results.stages.file(dense).replacing(".h5", with: ".checkpoint.h5")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        try Data(isEmpty ? bytes.prefix(0) : bytes.prefix(bytes.count / 2)).write(
          to: URL(fileURLWithPath: file))
        try bench.run(plan)
        #expect(try bench.digests(plan) == reference.digests(plan))
      }
    }

    @Test func aFreshRunStartsWithoutTheCheckpoint() throws {
      let bench = try Bench()
      let alarm = Alarm(after: 12)
      try bench.run(try plan(.tiny, alarm), interruption: alarm.interruption)
      let again = Alarm(after: 5)
      try bench.run(try plan(.tiny, again), isFresh: true, interruption: again.interruption)
      let dense = try #require(try plan(.tiny).ticket.rounds[0][.training]).hexadecimal
      #expect(try bench.results.stages.readCheckpoint(dense)?[numbers: "step"] == [5])
    }
  }
}

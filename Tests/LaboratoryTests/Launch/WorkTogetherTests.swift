import CoppiceLaboratory
import CoppiceStore
import CoppiceTestSupport
import Foundation
import Synchronization
import Testing

extension Running {
  /// Parts of a sweep, done by one after the other as jobs do, against a run of all of it.
  @Suite struct WorkTogetherTests {
    @discardableResult
    private func run(_ plan: SweepPlan, _ scope: RunScope, on bench: Bench) throws -> RunReport {
      var options = Runner.Options()
      options.scope = scope
      return try Runner(
        plan, results: bench.results, library: Bench.library,
        provenance: Provenance(arguments: ["coppice", "work", plan.name], jobs: 1, threads: 1),
        options: options
      ).run()
    }

    @Test func wavesOfJobsMakeWhatARunMakes() throws {
      let (bench, alone, plan) = (try Bench(), try Bench(), try RunnerPlan.plan())
      try alone.run(plan)
      let before = try MissingStages(plan, in: bench.results)
      #expect(before.places.count == plan.stages.count && before.trials == plan.trials.count)
      #expect(!before.hasSummary && !before.isNothing)
      let stages = before.places.map { plan.stages[$0] }
      for job in JobPlan(stages, aim: 0, seconds: { Double($0.steps) }).waves.flatMap(\.jobs) {
        let report = try run(plan, .stages(Set(job.stages)), on: bench)
        #expect(report.failures.isEmpty)
        // No more than that was made.
        for key in job.stages { #expect(bench.results.stages.contains(key.hexadecimal)) }
      }
      let between = try MissingStages(plan, in: bench.results)
      #expect(between.places.isEmpty && between.trials == plan.trials.count && !between.isNothing)
      let report = try run(plan, .assembly, on: bench)
      #expect(report.count(.completed) == plan.trials.count)
      #expect(try MissingStages(plan, in: bench.results).isNothing)
      #expect(try bench.digests(plan) == alone.digests(plan))
      withExtendedLifetime((bench, alone)) {}
    }

    @Test func whatIsDamagedOrGoneIsMissingAgain() throws {
      let (bench, plan) = (try Bench(), try RunnerPlan.plan())
      try bench.run(plan)
      #expect(try MissingStages(plan, in: bench.results).isNothing)
      let ticket = plan.trials[1]
      try FileManager.default.removeItem(atPath: bench.file(ticket, of: plan))
      let last = try #require(ticket.results.last)
      try Data("nonsense".utf8).write(to: URL(fileURLWithPath: bench.results.stages.file(last.hexadecimal)))
      let missing = try MissingStages(plan, in: bench.results)
      #expect(missing.trials == 1)
      #expect(missing.places.map { plan.stages[$0].key } == [last])
      // Trials wait for it, and are not failed.
      let report = try run(plan, .assembly, on: bench)
      #expect(report.count(.pending) == 1 && report.failures.isEmpty)
      withExtendedLifetime(bench) {}
    }

    /// Which stage failed, the journal says: nobody waits for it, and its trial is put together as failed.
    @Test func aStageThatFailedElsewhereFailsItsTrial() throws {
      let (bench, plan) = (try Bench(), try RunnerPlan.plan())
      let ticket = plan.trials[1]
      let last = try #require(ticket.results.last)
      try run(plan, .stages(Set(plan.stages.map(\.key)).subtracting([last])), on: bench)
      #expect(try run(plan, .assembly, on: bench).count(.pending) == 1)
      var entry = JournalEntry(time: 1e9, event: .stage, trial: ticket.name, process: 1)
      (entry.stage, entry.message) = (last.hexadecimal, "the disk is full")
      try Journal(bench.results.journal(of: plan.name)).append(entry)
      let report = try run(plan, .assembly, on: bench)
      #expect(report.count(.failed) == 1 && report.count(.pending) == 0)
      #expect(report.failures.map(\.trial) == [ticket.name])
      #expect(report.failures.first?.message.contains("the disk is full") ?? false)
      // It is tried again by whoever is asked for it.
      #expect(try MissingStages(plan, in: bench.results).places.map { plan.stages[$0].key } == [last])
      try run(plan, .stages([last]), on: bench)
      #expect(try run(plan, .assembly, on: bench).count(.completed) == plan.trials.count)
      withExtendedLifetime(bench) {}
    }

    @Test func oneAssemblesAndTheOthersAreTold() throws {
      let bench = try Bench()
      let outcome: [String] = try SoleLease.hold(.assembly, of: "test", in: bench.results) {
        let inner = try SoleLease.hold(.assembly, of: "test", in: bench.results) {
          "two"
        } orHeld: { holder in
          "held by \(holder.process)"
        }
        let other = try SoleLease.hold(.launch, of: "test", in: bench.results) {
          "launch"
        } orHeld: { _ in
          "held"
        }
        return [inner, other]
      } orHeld: { _ in
        []
      }
      #expect(outcome == ["held by \(ProcessInfo.processInfo.processIdentifier)", "launch"])
      #expect(bench.results.stages.paths().isEmpty)
      withExtendedLifetime(bench) {}
    }
  }
}

import CoppiceLaboratory
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTestSupport
import Foundation
import Synchronization
import Testing

extension Running {
  /// Damage, other runs, and folders that go.
  @Suite struct RunnerDamageTests {
    /// The seal is gone: as a power cut leaves a file, and as another program does.
    @Test func aTrialWithoutAValidSealIsMadeAgainAndKept() throws {
      let (bench, plan) = (try Bench(), try RunnerTests.plan())
      try bench.run(plan)
      let expected = try bench.digests(plan)
      let file = bench.file(plan.trials[1], of: plan)
      let whole = try Data(contentsOf: URL(fileURLWithPath: file))
      var middle = whole.dropLast(32)
      middle[whole.count / 2] ^= 0x55
      let broken = [
        whole.dropLast(4096) + Data(count: 4096), whole.dropLast(32), middle, whole.prefix(whole.count / 2),
        Data(),
      ]
      for (index, bytes) in broken.enumerated() {
        try bytes.write(to: URL(fileURLWithPath: file))
        let told = Mutex<[String]>([])
        let report = try bench.run(plan) { event in
          guard case .setAside(let file, let kept, let reason) = event else { return }
          told.withLock { $0 += [file, kept, reason] }
        }
        #expect(report.count(.completed) == plan.trials.count && report.failures.isEmpty)
        let kept = "\(bench.results.setAside(of: plan.name))/\(plan.trials[1].name)-\(index + 1).h5"
        #expect(told.withLock { Array($0.prefix(2)) } == [file, kept])
        #expect(told.withLock { $0.count } == 3)
        #expect(try Data(contentsOf: URL(fileURLWithPath: kept)) == bytes)
        #expect(try bench.digests(plan) == expected)
        #expect(report.orphans.isEmpty)
      }
      #expect(try bench.work(plan).reusedTrials == plan.trials.count)
    }

    @Test func aSummaryThatIsNotAsItWasWrittenIsKept() throws {
      let (bench, plan) = (try Bench(), try SweepPlan(.tiny))
      let report = try bench.run(plan)
      let whole = try Data(contentsOf: URL(fileURLWithPath: report.summary))
      for (index, bytes) in [whole.dropLast(32), whole.dropLast(100) + Data(count: 100)].enumerated() {
        try bytes.write(to: URL(fileURLWithPath: report.summary))
        let again = try bench.run(plan)
        #expect(again.summaryError == nil)
        #expect(try SummaryFile.read(report.summary).rows == report.rows)
        let kept = bench.results.setAsideFiles(of: plan.name)
        #expect(kept.count == index + 1)
        #expect(try Data(contentsOf: URL(fileURLWithPath: kept[index])) == bytes)
      }
    }

    /// Two runs at a time, as two processes are to each other: locks belong to open files, not to processes.
    @Test func twoRunsOnOneFolderTrainEachStageOnce() throws {
      let (bench, plan) = (
        try Bench(), try SweepPlan(Trial.tiny.with { $0.training = .iterations(300) }) { Axis(\.seed, 0..<6) }
      )
      let alone = try Bench()
      try alone.run(plan)
      let steps = Mutex(0)
      let waits = Mutex(0)
      let reports = Mutex<[RunReport]>([])
      let group = DispatchGroup()
      for _ in 0..<2 {
        group.enter()
        let thread = Thread {
          defer { group.leave() }
          guard
            let report = try? bench.run(
              plan, jobs: 2,
              observe: { event in
                if case .progress(_, _, let progress, _) = event { steps.withLock { $0 += progress.steps } }
                if case .waiting = event { waits.withLock { $0 += 1 } }
              })
          else { return }
          reports.withLock { $0.append(report) }
        }
        thread.stackSize = 8 << 20
        thread.start()
      }
      group.wait()
      #expect(steps.withLock { $0 } == plan.stages.reduce(0) { $0 + $1.steps })
      #expect(waits.withLock { $0 } <= 2)
      #expect(reports.withLock { $0.map { $0.count(.completed) } } == [plan.trials.count, plan.trials.count])
      #expect(try bench.digests(plan) == alone.digests(plan))
      #expect(!bench.results.stages.paths().contains { $0.hasSuffix(".lease") })
    }

    @Test func aRunWithNothingToDoButWaitCanBeInterrupted() throws {
      let (bench, plan) = (try Bench(), try SweepPlan(.tiny))
      let other = StageLeases(bench.results.stages)
      #expect(other.acquire(plan.stages[0].key.hexadecimal) == .granted)
      let interruption = Interruption()
      let report = try bench.run(plan, jobs: 2, interruption: interruption) { event in
        if case .waiting = event { interruption.request() }
      }
      #expect(report.isInterrupted)
      other.release(plan.stages[0].key.hexadecimal)
      #expect(try bench.run(plan).count(.completed) == plan.trials.count)
    }

    @Test func stagesRemovedDuringARunAreMadeAgain() throws {
      let (bench, plan) = (try Bench(), try RunnerTests.plan())
      let alone = try Bench()
      try alone.run(plan)
      let removals = Mutex(0)
      let report = try bench.run(plan) { event in
        guard case .progress = event else { return }
        let count = removals.withLock { count in
          count += 1
          return count
        }
        guard count % 3 == 0 else { return }
        try? FileManager.default.removeItem(atPath: bench.results.stages.path)
      }
      #expect(removals.withLock { $0 } > 6)
      #expect(report.failures.isEmpty && report.count(.completed) == plan.trials.count)
      #expect(try bench.digests(plan) == alone.digests(plan))
    }

    @Test func aTrialFileRemovedDuringARunIsNamed() throws {
      let (bench, plan) = (try Bench(), try SweepPlan(.tiny) { Axis(\.criterion, [.magnitude, .random]) })
      let report = try bench.run(plan) { event in
        guard case .finished(let trial, _, _) = event, trial == plan.trials[1].name else { return }
        try? FileManager.default.removeItem(atPath: bench.results.folder(of: plan.name))
      }
      #expect(
        report.failures.contains {
          $0.trial == plan.trials[1].name && $0.message.contains("removed during the run")
        })
      #expect(try SummaryFile.read(report.summary).rows.count == report.rows.count)
      let again = try bench.run(plan)
      #expect(again.failures.isEmpty && again.count(.completed) == plan.trials.count)
    }

    /// Of a stage that only its cost is asked of, a damaged file is as good as none.
    @Test func aDamagedBeginningHindersNoTrial() throws {
      let (bench, plan) = (
        try Bench(), try SweepPlan(Trial.tiny.with { $0.retraining = .rewind(to: .iterations(5)) })
      )
      try bench.run(plan)
      let flops = try bench.record(plan.ticket, of: plan).rounds[1].row[metric: .trainingFlops]
      let start = try #require(plan.stages.first { $0.within != nil })
      let file = bench.results.stages.file(start.key.hexadecimal)
      try Data(try Data(contentsOf: URL(fileURLWithPath: file)).dropLast(100)).write(
        to: URL(fileURLWithPath: file))
      try FileManager.default.removeItem(atPath: bench.file(plan.ticket, of: plan))
      let report = try bench.run(plan)
      #expect(report.failures.isEmpty && report.count(.completed) == plan.trials.count)
      #expect(try bench.record(plan.ticket, of: plan).rounds[1].row[metric: .trainingFlops] == flops)
    }

    @Test func aCriterionOfALongNameIsRunToItsEnd() throws {
      let bench = try Bench()
      let (long, other) = (String(repeating: "n", count: 230), String(repeating: "n", count: 231))
      let criteria = [long, other].map { Criterion($0, version: 1) { try $0.scoreEach { $1 } } }
      let plan = try SweepPlan(.tiny, name: String(repeating: "question", count: 40)) {
        Axis(\.criterion, criteria)
      }
      #expect(Set(plan.trials.map(\.name)).count == 3)
      #expect(plan.trials.allSatisfy { $0.name.utf8.count <= FileName.limit && $0.name.contains("-seed0-") })
      let report = try bench.run(plan)
      #expect(report.failures.isEmpty && report.count(.completed) == 3 && report.orphans.isEmpty)
      #expect(try SummaryFile.read(report.summary).rows.map(\.criterion).contains(other))
      #expect(try bench.record(plan.ticket, of: plan).configuration.contains(other))
      #expect(try bench.work(plan).reusedTrials == 3)
    }
  }
}

import CoppiceLaboratory
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import Foundation
import Synchronization
import Testing

extension Running {
  /// Which failed trials another run tries again, and which end a run.
  @Suite struct FailedTrialsTests {
    struct Broken: Error, CustomStringConvertible {
      var description: String { "the criterion is broken" }
    }

    /// A criterion of weights' magnitudes that throws as long as it has an error, and counts how often it is asked.
    final class Faulty: Sendable {
      private let state: Mutex<(error: (any Error)?, asked: Int)>

      init(_ error: (any Error)? = Broken()) { state = Mutex((error, 0)) }

      var asked: Int { state.withLock { $0.asked } }

      func mend() { state.withLock { $0.error = nil } }

      var criterion: Criterion {
        Criterion("faulty", version: 1) { [self] context in
          let error = state.withLock { state in
            state.asked += 1
            return state.error
          }
          if let error { throw error }
          return try context.scoreEach { _, weight in Tensor(weight.shape, weight.scalars.map(abs)) }
        }
      }
    }

    /// A dense network, and a trial each of a good criterion and the faulty one.
    private func plan(_ faulty: Faulty, seeds: Int = 1) throws -> SweepPlan {
      try SweepPlan(.tiny) {
        Axis(\.criterion, [.magnitude, faulty.criterion])
        Axis(\.seed, 0..<seeds)
      }
    }

    /// What becomes of the same trials where nothing fails.
    private func undisturbed(seeds: Int) throws -> [String] {
      let (bench, faulty) = (try Bench(), Faulty(nil))
      let plan = try plan(faulty, seeds: seeds)
      try bench.run(plan)
      return try bench.digests(plan)
    }

    @Test func aTrialThatFailedByItsOwnErrorIsSetAside() throws {
      let (bench, faulty) = (try Bench(), Faulty())
      let plan = try plan(faulty)
      let name = plan.trials[2].name
      let first = try bench.run(plan)
      #expect(first.count(.completed) == 2 && first.failures.map(\.trial) == [name])
      #expect(first.setAside == [name] && first.failedBefore.isEmpty && first.interruption == nil)
      let file = try TrialFile(bench.file(plan.trials[2], of: plan))
      #expect(try file.failure == TrialFailure("the criterion is broken", isLasting: true))
      #expect(try file.status == .failed)

      // The next run tells of it, and asks for nothing.
      faulty.mend()
      let told = Mutex<[String]>([])
      let again = try bench.run(plan) { event in
        switch event {
        case .failedBefore(let trials):
          told.withLock { $0 += trials.map { "\($0.trial): \($0.message)" } }
        case .began(let stages, _, _, _, let reused, let trials):
          told.withLock { $0.append("\(stages) stages, \(reused) of \(trials)") }
        case .failed(let trial, _): told.withLock { $0.append("failed \(trial)") }
        default: break
        }
      }
      #expect(told.withLock { $0 } == ["0 stages, 2 of 3", "\(name): the criterion is broken"])
      #expect(faulty.asked == 1)
      #expect(again.failures.isEmpty && again.count(.failed) == 1)
      #expect(again.rows.map(\.trial) == first.rows.map(\.trial))
      #expect(again.rows.map(\.status) == first.rows.map(\.status))
      #expect(again.failedBefore.map(\.trial) == [name] && again.setAside == [name])
      let lines = try Journal.entries(of: JournalEntry.self, in: bench.results.journal(of: plan.name))
      #expect(lines.filter { $0.event == .failed }.map(\.trial) == [name, name])

      // Another sweep over the same trials passes it over too; only who asks for it gets another try.
      let mended = try bench.run(plan, retriesFailed: true)
      #expect(mended.count(.completed) == 3 && mended.failedBefore.isEmpty && mended.setAside.isEmpty)
      #expect(faulty.asked == 2)
      #expect(try TrialFile(bench.file(plan.trials[2], of: plan)).failure == nil)
      #expect(try bench.work(plan).stages == 0)
      #expect(try bench.digests(plan) == undisturbed(seeds: 1))
    }

    /// Parts of a run are other processes: which of their errors would come again, the journal tells the one that assembles.
    @Test func whatFailedAmongWorkersIsSetAsideAsWell() throws {
      let (bench, faulty) = (try Bench(), Faulty())
      let plan = try plan(faulty)
      let name = plan.trials[2].name
      func missing(retriesFailed: Bool = false) throws -> Set<StageKey> {
        try MissingStages(plan, in: bench.results, retriesFailed: retriesFailed).results
      }
      try bench.run(plan, scope: .stages(try missing()))
      #expect(faulty.asked == 1)
      try bench.run(plan, scope: .assembly)
      let failure = try TrialFile(bench.file(plan.trials[2], of: plan)).failure
      #expect(failure == TrialFailure("the criterion is broken", isLasting: true))
      // It is nobody's work until it is asked for.
      #expect(try missing().isEmpty)
      #expect(try MissingStages(plan, in: bench.results).isNothing)
      faulty.mend()
      let again = try missing(retriesFailed: true)
      #expect(again == Set(plan.trials[2].results))
      try bench.run(plan, scope: .stages(again))
      // Who assembles without being asked to leaves it aside.
      #expect(try bench.run(plan, scope: .assembly).setAside == [name])
      let report = try bench.run(plan, retriesFailed: true, scope: .assembly)
      #expect(report.count(.completed) == 3 && report.setAside.isEmpty)
      #expect(try bench.digests(plan) == undisturbed(seeds: 1))
    }

    @Test func aFreshRunTriesAllAgain() throws {
      let (bench, faulty) = (try Bench(), Faulty())
      let plan = try plan(faulty)
      try bench.run(plan)
      faulty.mend()
      let report = try bench.run(plan, isFresh: true)
      #expect(report.count(.completed) == 3 && report.failedBefore.isEmpty)
    }

    /// Files, the system and memory may be well again.
    static let passing: [any Error & Sendable] = [
      StoreError.badContents(file: "a.h5", reason: "no"), CocoaError(.fileWriteOutOfSpace),
      StageError.missingParent("a"), StageError.missingOutput("masks", stage: "a"),
      FileFault("a", .size(2, most: 1)),
    ]

    @Test(arguments: passing.indices) func whatFailedByItsSurroundingsIsTriedAgain(place: Int) throws {
      let (bench, faulty) = (try Bench(), Faulty(Self.passing[place]))
      let plan = try plan(faulty)
      for count in 1...2 {
        let report = try bench.run(plan)
        #expect(report.failures.map(\.trial) == [plan.trials[2].name] && report.setAside.isEmpty)
        #expect(faulty.asked == count)
        let failure = try #require(try TrialFile(bench.file(plan.trials[2], of: plan)).failure)
        #expect(failure == TrialFailure("\(Self.passing[place])", isLasting: false))
      }
      faulty.mend()
      let report = try bench.run(plan)
      #expect(report.count(.completed) == 3 && report.failedBefore.isEmpty)
    }

    @Test func whatLastsIsTheErrorOfATrial() throws {
      for error in [PruningError.ratioOutOfRange(2), PlanError.batchSize(0, 1), Broken()] as [any Error] {
        #expect(TrialFailure(error).isLasting, "\(error)")
      }
      #expect(throws: MemoryShortage.self) {
        do { try MemoryLimit.check(.max, for: "a training", advice: "take a smaller one") } catch {
          #expect(!TrialFailure(error).isLasting)
          throw error
        }
      }
    }

    /// A diverged trial is a result: it is neither told nor tried again.
    @Test func resultsAreNotTriedAgain() throws {
      let bench = try Bench()
      let plan = try SweepPlan(
        Trial.tiny.with { ($0.optimizer, $0.learningRate) = (.sgd(), .constant(1e30)) })
      #expect(try bench.run(plan).count(.diverged) == 2)
      let told = Mutex<[Int]>([])
      let again = try bench.run(plan, retriesFailed: true) { event in
        if case .began(let stages, _, _, _, _, _) = event { told.withLock { $0.append(stages) } }
      }
      #expect(told.withLock { $0 } == [0] && again.failedBefore.isEmpty && again.setAside.isEmpty)
    }

    /// Analyses that are still to be made need outputs of trials, and do not bring one back that is aside.
    @Test func anAnalysisBringsNoFailedTrialBack() throws {
      let (bench, faulty) = (try Bench(), Faulty())
      func plan(_ analyses: [Analysis]) throws -> SweepPlan {
        try SweepPlan(
          Experiment("test", question: "Does it work?", base: .tiny, analyses: analyses) {
            Axis(\.criterion, [.magnitude, faulty.criterion])
          }, library: Bench.library)
      }
      try bench.run(try plan([]))
      try FileManager.default.removeItem(atPath: bench.results.stages.path)
      let report = try bench.run(try plan([.maskOverlap]))
      #expect(report.failedBefore.count == 1 && report.failures.isEmpty && report.count(.completed) == 2)
      #expect(faulty.asked == 1)
    }

    // MARK: The first failure ends the run

    @Test(arguments: [1, 3]) func aRunThatFailsFastEndsWithTheFirstFailure(jobs: Int) throws {
      let (bench, faulty) = (try Bench(), Faulty())
      let plan = try plan(faulty, seeds: 8)
      let report = try bench.run(plan, jobs: jobs, failsFast: true)
      #expect(report.interruption == .failure && !report.failures.isEmpty)
      #expect(report.count(.failed) == report.failures.count && report.count(.failed) <= jobs)
      // What was not done was not begun, as far as anybody is to know.
      #expect(report.count(.pending) > 0 && report.count(.interrupted) == 0)
      #expect(report.failures.allSatisfy { $0.message == "the criterion is broken" })
      #expect(report.setAside == Set(report.failures.map(\.trial)))
      #expect(try SummaryFile.read(report.summary).rows.count { $0.status == .pending } > 0)

      faulty.mend()
      let rest = try bench.run(plan, jobs: jobs)
      #expect(rest.interruption == nil && rest.failures.isEmpty)
      #expect(rest.count(.completed) == plan.trials.count - report.failures.count)
      #expect(rest.failedBefore.map(\.trial).sorted() == report.failures.map(\.trial).sorted())
      let all = try bench.run(plan, jobs: jobs, retriesFailed: true)
      #expect(all.count(.completed) == plan.trials.count)
      #expect(try bench.digests(plan) == undisturbed(seeds: 8))
    }

    /// Trials that failed in a run before are no failures of this one.
    @Test func whatFailedBeforeEndsNoRun() throws {
      let (bench, faulty) = (try Bench(), Faulty())
      let plan = try plan(faulty, seeds: 2)
      let first = try bench.run(plan, failsFast: true)
      let second = try bench.run(plan, failsFast: true)
      #expect(first.failures.count == 1 && second.failures.count == 1)
      #expect(second.failedBefore.map(\.trial) == first.failures.map(\.trial))
      #expect(second.setAside.count == 2 && faulty.asked == 2)
    }

    /// A stage that a run made for another ends it too, where no trials are put together.
    @Test func stagesAloneFailFastToo() throws {
      let (bench, faulty) = (try Bench(), Faulty())
      let plan = try plan(faulty, seeds: 4)
      let report = try bench.run(plan, failsFast: true, scope: .stages(Set(plan.stages.map(\.key))))
      #expect(report.interruption == .failure && report.failures.count == 1 && faulty.asked == 1)
    }
  }
}

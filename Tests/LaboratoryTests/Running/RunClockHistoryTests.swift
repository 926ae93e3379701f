import CoppiceLaboratory
import CoppiceStore
import Synchronization
import Testing

/// What a clock knows before its run has made a step.
@Suite struct RunClockHistoryTests {
  /// 30 dense steps of two seconds, and 30 of one second at 80 %; the 30 at 64 % are in no journal.
  private func history(_ stages: [any Stage], _ places: [Int]) -> StageHistory {
    var journal = WrittenJournal()
    journal.end(stages[places[0]], at: 100, steps: 30, seconds: 60)
    journal.end(stages[places[1]], at: 200, steps: 20, seconds: 20, failure: "killed")
    return journal.history()
  }

  @Test func aResumedRunKnowsAtOnceHowLongItTakes() throws {
    let (stages, places) = try RunClockTests.trainings()
    let time = Mutex(0.0)
    let clock = RunClock(
      stages, toRun: Array(places[1...]), jobs: 1, history: history(stages, places),
      now: { time.withLock { $0 } })
    #expect(clock.foreseen == 60 && clock.remaining == 60)
    clock.began(places[1])
    time.withLock { $0 += 20 }
    clock.made(10, by: places[1])
    // Ten steps of two seconds and what was known, which counts like ten of one second. All that is known goes on at that pace.
    #expect(clock.remaining == 1.5 * (20 + 30))
    #expect(clock.foreseen == nil)
    clock.ended(places[1])
    #expect(clock.remaining == 1.5 * 30)
  }

  @Test func jobsAreBelievedToHaveSomethingToDoAtFirst() throws {
    let (stages, places) = try RunClockTests.trainings()
    let time = Mutex(0.0)
    let clock = RunClock(
      stages, toRun: Array(places[1...]), jobs: 2, history: history(stages, places),
      now: { time.withLock { $0 } })
    #expect(clock.foreseen == 30)
    clock.began(places[1])
    time.withLock { $0 += 10 }
    clock.made(10, by: places[1])
    // One of both had nothing to do for ten seconds.
    #expect(clock.remaining == 50 / ((10 + 4) / 12.0))
  }

  @Test func withoutAHistoryNothingIsForeseen() throws {
    let (stages, places) = try RunClockTests.trainings()
    #expect(RunClock(stages, toRun: places, jobs: 1).foreseen == nil)
    #expect(RunClock(stages, toRun: [], jobs: 1, history: history(stages, places)).foreseen == nil)
  }
}

extension Running {
  @Suite struct ForesightTests {
    /// What remains, told before a run has made a step.
    private func foreseen(_ bench: Bench, _ plan: SweepPlan, isFresh: Bool) throws -> [Double?] {
      let told = Mutex([Double?]())
      let steps = Mutex(0)
      try bench.run(plan, isFresh: isFresh) { event in
        guard case .progress(_, _, let progress, let remaining) = event else { return }
        let before = steps.withLock { steps in
          defer { steps += progress.steps }
          return steps + progress.steps
        }
        if before == 0, progress.evaluations == 0 { told.withLock { $0.append(remaining) } }
      }
      return told.withLock { $0 }
    }

    @Test func theSecondRunHasAnEstimateBeforeItsFirstStep() throws {
      let bench = try Bench()
      try withExtendedLifetime(bench) {
        let plan = try SweepPlan(.tiny)
        #expect(try foreseen(bench, plan, isFresh: false).isEmpty)
        let told = try foreseen(bench, plan, isFresh: true)
        #expect(told.count == 1 && told.allSatisfy { ($0 ?? 0) > 0 }, "\(told)")
        let entries = try Journal.entries(of: JournalEntry.self, in: bench.results.journal(of: plan.name))
        let began = try #require(entries.first)
        #expect(began.jobs == 1 && began.threads == 1 && (began.cores ?? 0) > 0)
        let history = StageHistory(of: plan.name, in: bench.results, threads: 1)
        let training = try #require(plan.stages.first { $0.steps > 0 })
        #expect(history[training].steps == 60 && history[training].completions == 2)
      }
    }
  }
}

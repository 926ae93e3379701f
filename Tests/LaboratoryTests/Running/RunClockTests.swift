import CoppiceLaboratory
import Synchronization
import Testing

@Suite struct RunClockTests {
  /// The plan of a ticket of two rounds: 30 steps dense, and 30 at each of two densities.
  static func trainings() throws -> (stages: [any Stage], places: [Int]) {
    let plan = try SweepPlan(
      Trial.tiny.with {
        $0.schedule = .lotteryTicket(rounds: 2); $0.sparsity = nil
      })
    return (plan.stages, plan.stages.indices.filter { plan.stages[$0].steps > 0 })
  }

  @Test func everyKindOfStepHasItsOwnRate() throws {
    let (stages, places) = try Self.trainings()
    #expect(places.count == 3)
    let time = Mutex(0.0)
    let clock = RunClock(stages, toRun: places, jobs: 1, now: { time.withLock { $0 } })
    func pass(_ seconds: Double) { time.withLock { $0 += seconds } }
    #expect(clock.remaining == nil)
    clock.began(places[0])
    pass(20)
    clock.made(20, by: places[0])
    #expect(clock.remaining == 70, "a second a step, whatever the density, until more is known")
    pass(10)
    clock.made(10, by: places[0])
    clock.ended(places[0])
    clock.began(places[1])
    pass(5)
    clock.made(10, by: places[1])
    // What is sparser still is nearer to the sparse than to the dense.
    #expect(clock.remaining == 0.5 * (20 + 30))
    clock.ended(places[1])
    #expect(clock.remaining == 0.5 * 30, "a stage that has ended, however, makes no more steps")
    clock.ended(places[2])
    #expect(clock.remaining == 0)
  }

  @Test func anEvaluationWithoutStepsTakesTimeToo() throws {
    let (stages, places) = try Self.trainings()
    let time = Mutex(0.0)
    let clock = RunClock(stages, toRun: places, jobs: 1, now: { time.withLock { $0 } })
    clock.began(places[0])
    time.withLock { $0 += 20 }
    clock.made(30, by: places[0])
    time.withLock { $0 += 10 }
    clock.made(0, by: places[0])
    #expect(clock.remaining == 60)
  }

  @Test func jobsCountAsFarAsTheyRunSideBySide() throws {
    let (stages, places) = try Self.trainings()
    let time = Mutex(0.0)
    let clock = RunClock(stages, toRun: places, jobs: 4, now: { time.withLock { $0 } })
    clock.began(places[0])
    clock.began(places[1])
    time.withLock { $0 += 10 }
    clock.made(10, by: places[0])
    #expect(clock.remaining == 80)
    clock.made(10, by: places[1])
    #expect(clock.remaining == 35, "two worked all the time")
  }
}

@Suite struct EstimateTests {
  @Test func stagesOfATrialCarryTheirDensity() throws {
    let (stages, places) = try RunClockTests.trainings()
    let densities = places.compactMap { (stages[$0] as? TrainingStage)?.density }
    #expect(densities[0] == 1)
    #expect(abs(densities[1] - 0.8) < 0.01 && abs(densities[2] - 0.64) < 0.01)
  }

  @Test func noNumberOfJobsOutrunsTheLongestChain() throws {
    let trial = Trial.tiny.with {
      $0.schedule = .lotteryTicket(rounds: 8); $0.sparsity = nil
    }
    let plan = try SweepPlan(trial)
    let (one, many) = (
      try plan.estimatedSeconds(jobs: 1, measuringFor: 0.02),
      try plan.estimatedSeconds(jobs: 1_000, measuringFor: 0.02)
    )
    #expect(one > 0 && one.isFinite)
    #expect(many > one / 50)
  }
}

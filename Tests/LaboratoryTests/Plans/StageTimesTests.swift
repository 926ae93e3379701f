import CoppiceLaboratory
import CoppiceStore
import Testing

@Suite struct StageTimesTests {
  private static let nothingToMeasure = 0.001

  private func times(_ stages: [any Stage], _ journal: WrittenJournal) throws -> StageTimes {
    try StageTimes(stages, recorded: journal.history(), measuringFor: Self.nothingToMeasure)
  }

  /// 30 steps dense, and 30 at 80 and 64 %.
  @Test func stagesTakeWhatTheyTook() throws {
    let (stages, places) = try RunClockTests.trainings()
    let trainings = places.map { stages[$0] }
    var journal = WrittenJournal()
    journal.end(trainings[0], at: 100, steps: 30, seconds: 60)
    journal.end(trainings[1], at: 200, steps: 10, seconds: 10, failure: "killed")
    journal.end(trainings[1], at: 300, steps: 5, seconds: 20, failure: "killed")
    let times = try times(stages, journal)
    #expect(times[trainings[0]] == 60)
    #expect(times[trainings[1]] == 60, "15 steps of two seconds, and 15 to come")
    #expect(times[trainings[2]] == 60, "what is nearest in density")
    #expect(times.source == .recorded)
  }

  @Test func othersOfTheirKindAndDensityTellOfStagesWithoutARecord() throws {
    let (stages, places) = try RunClockTests.trainings()
    let trainings = places.map { stages[$0] }
    var journal = WrittenJournal()
    journal.end(trainings[0], at: 100, steps: 30, seconds: 60)
    journal.end(trainings[2], at: 200, steps: 30, seconds: 15)
    #expect(try times(stages, journal)[trainings[1]] == 15)
    // Two steps of many say nothing yet.
    journal.end(trainings[1], at: 300, steps: 2, seconds: 100, failure: "killed")
    #expect(try times(stages, journal)[trainings[1]] == 15)
  }

  @Test func workWithoutStepsTakesAsLongAsOthersOfItsSort() throws {
    let (stages, _) = try RunClockTests.trainings()
    let prunings = stages.filter { $0 is PruningStage }
    try #require(prunings.count == 2)
    var journal = WrittenJournal()
    journal.end(prunings[0], at: 10, steps: 0, seconds: 3)
    journal.end(prunings[0], at: 20, steps: 0, seconds: 5)
    let known = try times(stages, journal)
    #expect(known[prunings[0]] == 4 && known[prunings[1]] == 4)
    #expect(known.source == .measured, "of trainings nothing is known")
  }

  @Test func withoutARecordStepsAreRunNow() throws {
    let (stages, places) = try RunClockTests.trainings()
    let measured = try times(stages, WrittenJournal())
    #expect(measured.source == .measured && places.allSatisfy { measured[stages[$0]] > 0 })
    #expect(stages.filter { $0 is PruningStage }.allSatisfy { measured[$0] == 0 })
  }

  @Test func someKindsMayBeRecordedAndOthersNot() throws {
    let plan = try SweepPlan(.tiny) { Axis(\.batchSize, [10, 20]) }
    let trainings = plan.stages.filter { $0.steps > 0 }
    var journal = WrittenJournal()
    journal.end(trainings[0], at: 100, steps: 30, seconds: 60)
    let times = try times(plan.stages, journal)
    #expect(times.source == .both && times[trainings[0]] == 60)
    #expect(trainings.allSatisfy { times[$0] > 0 })
    #expect(trainings.contains { $0.work.kind != trainings[0].work.kind && times[$0] < 30 })
    #expect(plan.estimatedSeconds(times, jobs: 1) > 60)
  }

  @Test func aTrainingThatEndedEarlyTakesNoMore() throws {
    let plan = try SweepPlan(Trial.tiny.with { $0.stop = .plateau() })
    let training = try #require(plan.stages.first { $0.mayEndEarly && $0.steps > 0 })
    var journal = WrittenJournal()
    journal.end(training, at: 100, steps: 20, seconds: 40)
    #expect(try times(plan.stages, journal)[training] == 40)
  }

  @Test func aPlanIsSimulatedByItsTimes() throws {
    let (stages, places) = try RunClockTests.trainings()
    let trial = Trial.tiny.with {
      ($0.schedule, $0.sparsity) = (.lotteryTicket(rounds: 2), nil)
    }
    let plan = try SweepPlan(trial)
    var journal = WrittenJournal()
    for (place, seconds) in zip(places, [8.0, 4, 2]) {
      journal.end(stages[place], at: 100, steps: 30, seconds: seconds)
    }
    let simulation = Simulation(plan, try times(plan.stages, journal))
    #expect(simulation.tasks.count == plan.stages.count)
    // A ladder is a chain.
    for hosts in [1, 4] { #expect(simulation.outcome(on: SimulatedHosts(hosts)).makespan == 14) }
    #expect(simulation.longestChain(on: SimulatedHosts(1)) == 14)
  }
}

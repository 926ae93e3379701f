import CoppiceLaboratory
import Testing

/// Jobs and waves, against expectations by hand.
@Suite struct JobPlanTests {
  /// `dense ─ prune A ─ ticket A ─ prune B ─ ticket B`, and a control behind the first pruning. A step takes a second.
  private static let dense = Node("dense", steps: 100)
  private static let pruneA = Node("prune A", after: [dense])
  private static let ticketA = Node("ticket A", after: [pruneA], steps: 60)
  private static let pruneB = Node("prune B", after: [ticketA])
  private static let ticketB = Node("ticket B", after: [pruneB], steps: 60)
  private static let control = Node("control", after: [pruneA], steps: 50)
  private static let stages = [dense, pruneA, ticketA, pruneB, ticketB, control]

  /// The names of the stages of every job of every wave.
  private func names(_ stages: [Node], aim: Double) -> [[[String]]] {
    let names = Dictionary(uniqueKeysWithValues: stages.map { ($0.key, $0.name) })
    return JobPlan(stages, aim: aim) { Double($0.steps) }.waves.map { wave in
      wave.jobs.map { job in job.stages.map { names[$0] ?? "?" } }
    }
  }

  @Test func aChainIsOneJobForAsLongAsItIsShort() {
    #expect(
      names(Self.stages, aim: 220) == [
        [["dense", "prune A", "ticket A", "prune B", "ticket B"]], [["control"]],
      ])
    #expect(names(Self.stages, aim: 1_000) == [[Self.stages.map(\.name)]])
  }

  @Test func whatTakesLongerIsAJobAStageAndPruningGoesAlong() {
    #expect(
      names(Self.stages, aim: 0) == [
        [["dense", "prune A"]], [["ticket A", "prune B"], ["control"]], [["ticket B"]],
      ])
    let plan = JobPlan(Self.stages, aim: 0) { Double($0.steps) }
    #expect(plan.waves.map(\.seconds) == [100, 60, 60])
    #expect(plan.waves.map(\.stages) == [2, 3, 1])
  }

  @Test func shortJobsOfAWaveAreJoinedInTheOrderOfThePlan() {
    let seeds = (0..<5).map { Node("seed \($0)", steps: 40) }
    #expect(
      names(seeds, aim: 100) == [[["seed 0", "seed 1"], ["seed 2", "seed 3"], ["seed 4"]]])
    // Not so many that no command line could name their stages.
    let many = (0..<2_500).map { Node("\($0)") }
    #expect(
      JobPlan(many, aim: 600) { _ in 0 }.waves.map { $0.jobs.map(\.stages.count) } == [[1_000, 1_000, 500]])
  }

  @Test func aStageOfSeveralJobsIsBehindTheLast() {
    let mean = Node("mean", after: [Self.ticketB, Self.control])
    let plan = names(Self.stages + [mean], aim: 0)
    // It builds on the control of an earlier wave, and on what its own job makes.
    #expect(
      plan == [[["dense", "prune A"]], [["ticket A", "prune B"], ["control"]], [["ticket B", "mean"]]])
    let twins = (0..<2).map { Node("twin \($0)", steps: 10) }
    let pair = Node("pair", after: twins)
    #expect(names(twins + [pair], aim: 5) == [[["twin 0"], ["twin 1"]], [["pair"]]])
  }

  @Test func whatIsLeftOnTheWayIsInTheJobOfTheTrainingThatLeavesIt() {
    let short = Node("short", steps: 10, within: Self.dense)
    let child = Node("child", after: [short], steps: 5)
    // It stands before the training that leaves it.
    let stages = [short, child, Self.dense]
    let plan = JobPlan(stages, aim: 100) { Double($0.steps) }
    #expect(names(stages, aim: 100) == [[["short", "dense"]], [["child"]]])
    #expect(plan.waves[0].seconds == 100)
  }

  @Test func whatRunsAloneHasAWaveOfItsOwnAndNothingJoinsIt() {
    let clock = Node("clock", after: [Self.pruneA], steps: 1, runsAlone: true)
    let after = Node("after", after: [clock])
    let stages = Self.stages + [clock, after]
    let plan = JobPlan(stages, aim: 1_000) { Double($0.steps) }
    #expect(
      names(stages, aim: 1_000) == [[Self.stages.map(\.name)], [["clock"]], [["after"]]])
    #expect(plan.waves.map(\.runsAlone) == [false, true, false])
  }

  @Test func everyStageIsThereOnceBehindWhatItBuildsOn() throws {
    let plan = try RunnerPlan.plan()
    for aim in [0, 0.5, 3, 100] {
      var done: Set<StageKey> = []
      for wave in JobPlan(plan.stages, aim: aim, seconds: { Double($0.steps) / 30 }).waves {
        let before = done
        for job in wave.jobs {
          var there = before
          for key in job.stages {
            let stage = try #require(plan.stages.first { $0.key == key })
            #expect(stage.parents.allSatisfy(there.contains))
            #expect(done.insert(key).inserted)
            there.insert(key)
          }
        }
      }
      #expect(done == Set(plan.stages.map(\.key)))
    }
  }
}

/// A plan with shared trainings and controls.
enum RunnerPlan {
  static func plan() throws -> SweepPlan {
    try SweepPlan(.tiny) {
      for schedule in [Schedule.oneShot, .lotteryTicket(rounds: 2)] {
        Fix(\.schedule, schedule)
        if schedule.takesRatio {
          Axis(\.criterion, [.magnitude, .random])
        } else {
          Fix(\.sparsity, nil)
          Axis(\.control, [.none, .randomReinitialisation])
        }
      }
    }
  }
}

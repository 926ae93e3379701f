import CoppiceLaboratory
import CoppicePruning
import CoppiceTerms
import CoppiceTestSupport
import Testing

@Suite struct TrialPlanTests {
  private func plan(_ change: (inout Trial) -> Void = { _ in }) throws -> TrialPlan {
    try TrialPlan(Trial.tiny.with(change), Bench.library)
  }

  private func problem(_ change: (inout Trial) -> Void) -> String { message { _ = try plan(change) } }

  @Test func ratiosAndSchedulesMustGoTogether() {
    #expect(
      problem { $0.sparsity = 1 }
        == "trial magnitude-one-shot-rewind-1.0-seed0: sparsity is 1.0, but must be a number from 0 up to but not including 1, "
        + "as 0.9, or none")
    #expect(
      problem { $0.sparsity = -0.5 }.hasPrefix(
        "trial magnitude-one-shot-rewind--0.5-seed0: sparsity is -0.5, but must be a number from 0"))
    #expect(
      problem { $0.sparsity = nil }
        == "trial magnitude-one-shot-rewind-seed0: \(PruningError.ratioMissing(schedule: "one-shot"))")
    #expect(
      problem { $0.schedule = .lotteryTicket(rounds: 3) }
        == "trial magnitude-lottery-ticket-rewind-0.5-seed0: "
        + "\(PruningError.ratioNotTaken(0.5, schedule: "lottery-ticket"))")
    #expect(
      problem { $0.schedule = .iterative(rounds: 0) }
        == "trial magnitude-iterative-rewind-0.5-seed0: schedule: rounds of iterative is 0, but must be a whole number in 1…1000"
    )
  }

  @Test func rewindsEndBeforeTheTraining() throws {
    #expect(
      problem { $0.retraining = .rewind(to: .iterations(30)) }
        == "trial magnitude-one-shot-rewind-0.5-seed0: "
        + "\(PruningError.rewindPastEnd(.iterations(30), step: 30, total: 30))")
    #expect(
      problem { $0.retraining = .learningRateRewind(to: .epochs(4)) }
        == "trial magnitude-one-shot-learning-rate-rewind-0.5-seed0: "
        + "\(PruningError.rewindPastEnd(.epochs(4), step: 40, total: 30))")
    #expect(try plan { $0.retraining = .rewind(to: .iterations(29)) }.rewindStep == 29)
    #expect(
      problem { $0.training = .share(0.5) }
        == "trial magnitude-one-shot-rewind-0.5-seed0: \(BudgetError.shareOfNothing(0.5))")
  }

  @Test(arguments: [201, 0, -3]) func batchesAreFilled(batch: Int) {
    #expect(
      problem { $0.batchSize = batch }
        == "trial magnitude-one-shot-rewind-0.5-seed0: "
        + (batch > 0
          ? "a batch of 201 cannot be filled from 200 training examples; set batch-size to 1…200"
          : "batch-size is \(batch), but must be a whole number in 1…10000000, as 60"))
    guard batch <= 0 else { return }
    #expect(
      problem { $0.scoringBatch = batch }
        == "trial magnitude-one-shot-rewind-0.5-seed0: scoring-batch is \(batch), but must be a whole number in 1…10000000, "
        + "as 256")
  }

  /// However many batches the data give, more come from further passes; the bound is there for slips of the pen.
  @Test func scoringBatchesAreBounded() throws {
    for count in [0, -3, 1_000_001, .max] {
      #expect(
        problem { $0.scoringBatches = count }
          == "trial magnitude-one-shot-rewind-0.5-seed0: scoring-batches is \(count), but must be a whole number in 1…1000000, "
          + "as 1")
    }
    for count in [1, 1_000_000] {
      #expect(try plan { ($0.criterion, $0.scoringBatches) = (.taylor, count) }.trial.scoringBatches == count)
    }
  }

  @Test func whatACriterionCannotDoIsSaidBeforeATraining() throws {
    let scores: Criterion.Scores = { $0.weights }
    let start = "trial picky-one-shot-rewind-0.5-seed0: "
    let picky = Criterion(
      "picky", needs: .structure,
      requires: { setup in
        #expect(setup.structure.companions["fc1.weight"] == ["fc1.bias"])
        throw setup.refuse("it is Monday", for: "picky")
      }, scores: scores)
    #expect(problem { $0.criterion = picky } == start + "criterion picky cannot be used here: it is Monday")
    // So is an evidence that the network cannot give, and one that such an evidence is given.
    let strange = Evidence("strange") { trace in
      throw PruningError.unfit("\(trace.sites.count) layers are too many", criterion: "picky")
    }
    for evidence in [strange, Evidence("second", given: [strange]) { $0.weightGradients }] {
      #expect(
        problem { $0.criterion = Criterion("picky", needs: .evidence(evidence), scores: scores) }
          == start + "criterion picky cannot be used here: 2 layers are too many")
    }
    let given = Evidence("second", given: [.gradients]) { trace in
      trace.weights.map { ($0.name, trace.given(.gradients, for: $0.name, $0.value.shape)) }
    }
    #expect(
      throws: Never.self
    ) { try plan { $0.criterion = Criterion("picky", needs: .evidence(given), scores: scores) } }
  }

  @Test func layersAreFound() {
    #expect(
      problem { $0.allocation = .global(ignoring: ["fc9"]) }
        == "trial magnitude-one-shot-rewind-0.5-seed0: "
        + "no prunable layer is called fc9, which stands in the layers that global(ignoring: [fc9]) ignores; "
        + "did you mean fc1?; there are fc1.weight, fc2.weight")
  }

  @Test func controlsAreTrained() {
    #expect(
      problem { ($0.control, $0.retraining) = (.randomMask, .none) }
        == "trial magnitude-one-shot-random-mask-0.5-seed0: the control random-mask needs a retraining; with retraining "
        + "none there is nothing to compare")
  }

  @Test(arguments: [2, -1]) func reportedRoundsExist(round: Int) {
    #expect(
      problem { $0.rounds = [1, round] }
        == "trial magnitude-one-shot-rewind-0.5-seed0: "
        + (round > 0
          ? "round 2 is to be reported, but the schedule has rounds 0 to 1"
          : "rounds is -1, but must be a whole number in 0…1000, as 3,7,9, or none")
    )
  }

  @Test func modelsFitTheirData() {
    #expect(
      problem { $0.model = .encoder(width: 8, heads: 2, layers: 1) }
        .hasPrefix("trial magnitude-one-shot-rewind-0.5-seed0: "))
  }

  @Test func namesSayWhatTheSweepVaries() throws {
    let plan = try SweepPlan(.tiny) {
      Axis(\.model, [.mlp([12]), .mlp([8, 4])])
      Axis(\.batchSize, [20, 25])
    }
    let names = plan.trials.map { String($0.name.dropLast(9)) }
    #expect(names.contains("magnitude-one-shot-rewind-0.5-widths-12-batch-size-20-seed0"))
    #expect(names.contains("dense-widths-8-4-batch-size-25-seed0"))
    #expect(Set(names).count == names.count)
    #expect(plan.distinctions.map(\.name).contains("widths"))
    #expect(plan.trials[0].name.hasSuffix("-" + plan.trials[0].key.short))
    // What the label has already is not said twice, and of one cell there is nothing to say.
    let criteria = try SweepPlan(.tiny) { Axis(\.criterion, [.magnitude, .random]) }
    #expect(
      criteria.trials.map { String($0.name.dropLast(9)) } == [
        "dense-seed0", "magnitude-one-shot-rewind-0.5-seed0", "random-one-shot-rewind-0.5-seed0",
      ])
  }

  /// What shipped sweeps vary is in the label, and of a dense network `none` says nothing.
  @Test func namesOfMethodsStayShort() throws {
    let plan = try SweepPlan(.tiny) { Axis(\.retraining, [.rewind(), .fineTune(.share(0.2))]) }
    #expect(
      plan.trials.map { String($0.name.dropLast(9)) } == [
        "dense-seed0", "dense-fine-tune-seed0", "magnitude-one-shot-rewind-0.5-seed0",
        "magnitude-one-shot-fine-tune-0.5-seed0",
      ])
  }

  /// Rates and decays of one optimizer are numbers in the index, under their own names.
  @Test func theIndexHasTheFieldsThatDiffer() throws {
    let plan = try SweepPlan(.tiny) {
      Axis(\.learningRate, [0.005, 0.01])
      Axis(\.optimizer, [.sgd(weightDecay: 0), .sgd(weightDecay: 0.1)])
    }
    let names = plan.distinctions.map(\.name)
    #expect(names.contains("weight-decay") && names.contains("learning-rate") && !names.contains("optimizer"))
    let settings = try #require(plan.trials.last).values(of: plan.distinctions)
    #expect(settings.contains(.init("weight-decay", .number(0.1))))
    #expect(settings.contains(.init("learning-rate", .number(0.01))))
  }

  @Test func theSparsityInTheIndexIsTheOneAskedFor() throws {
    let plan = try SweepPlan(Trial.tiny.with { $0.sparsity = 0.875 })
    let ticket = plan.ticket
    let row = ticket.row(try #require(ticket.rounds.last), distinctions: [])
    // 228 weights: what is achieved is 0.877…
    #expect(row.targetSparsity == 0.875 && row.requestedSparsity == 0.875)
  }

  @Test func namesAreFileNames() throws {
    let odd = Criterion("my/own criterion", version: 1) { context in context.weights }
    let name = try plan { $0.criterion = odd }.name
    #expect(name.hasPrefix("my-own-criterion-one-shot-rewind-0.5-seed0-"))
  }

  // MARK: Stages

  @Test func cellsShareWhatTheyCan() throws {
    let plan = try SweepPlan(.tiny) {
      Axis(\.criterion, [.magnitude, .random])
      Axis(\.sparsity, [0.5, 0.9])
      Axis(\.seed, 0..<2)
    }
    let cost = try plan.cost()
    // A dense training a seed, and a ticket a cell.
    #expect(cost.trainings == 2 + 8)
    #expect(cost.steps == 30 * 10)
    // Without sharing every cell has a dense training of its own, and so do the two baselines.
    #expect(cost.trainingsUnshared == 2 + 16)
    #expect(cost.stepsUnshared == 30 * 18)
    #expect(Set(plan.stages.map(\.key)).count == plan.stages.count)
  }

  @Test func controlsShareTheLadderOfTheirTicket() throws {
    let ladder = Trial.tiny.with { ($0.schedule, $0.sparsity) = (.lotteryTicket(rounds: 3), nil) }
    let cost = try SweepPlan(ladder) { Axis(\.control, Control.trained) }.cost()
    // Three rounds each; a dense network that is rewound comes back to the dense training.
    #expect(cost.trainings == 1 + 3 * (Control.trained.count - 1))
  }

  @Test func stagesComeAfterTheirParents() throws {
    let plan = try SweepPlan(Trial.tiny.with { ($0.schedule, $0.sparsity) = (.iterative(rounds: 3), 0.9) }) {
      Axis(\.retraining, [.rewind(to: .iterations(5)), .fineTune(.share(0.2)), .learningRateRewind(), .none])
      Axis(\.control, Control.trained)
      Where { $0.retraining != .none || $0.control == .none }
    }
    var made: Set<StageKey> = []
    for stage in plan.stages {
      #expect(stage.parents.allSatisfy { made.contains($0) })
      made.insert(stage.key)
    }
    for trial in plan.trials {
      let keys = Set(trial.stages.map(\.key))
      #expect(trial.rounds.allSatisfy { $0.keys.allSatisfy(keys.contains) })
      #expect(trial.stages.allSatisfy { $0.parents.allSatisfy(keys.contains) })
    }
  }

  @Test func onlyRoundsThatAreNeededAreTrained() throws {
    let rounds = try plan {
      ($0.schedule, $0.sparsity, $0.control) = (.lotteryTicket(rounds: 3), nil, .randomReinitialisation)
      $0.rounds = [3, 2]
    }
    #expect(rounds.rounds.map(\.index) == [0, 2, 3])
    // Dense, two rounds of the ticket for the masks of round 3, two controls.
    #expect(rounds.stages.count { $0.steps > 0 } == 1 + 2 + 2)
  }

  static let retrainings: [Retraining] = [
    .rewind(), .rewind(to: .iterations(10)), .rewind(to: .iterations(10), learningRate: false),
    .fineTune(.share(0.2)), .learningRateRewind(to: .iterations(10)),
  ]

  @Test(arguments: retrainings, [Schedule.oneShot, .iterative(rounds: 3)])
  func controlsHaveAsManyStepsAsTheirTicket(retraining: Retraining, schedule: Schedule) throws {
    func trial(_ control: Control) throws -> TrialPlan {
      try plan { ($0.schedule, $0.retraining, $0.control) = (schedule, retraining, control) }
    }
    let ticket = try trial(.none)
    for control in [Control.randomMask, .randomReinitialisation] {
      let other = try trial(control)
      #expect(other.rounds.map(\.requestedSparsity) == ticket.rounds.map(\.requestedSparsity))
      for (round, mine) in zip(other.rounds, ticket.rounds) {
        let (steps, wanted) = (
          other.steps(of: try #require(round[.training])), ticket.steps(of: try #require(mine[.training]))
        )
        #expect(steps == wanted, "\(control) of round \(round.index)")
      }
    }
  }

  @Test(arguments: retrainings) func aRandomMaskIsTrainedAsItsTicketIs(retraining: Retraining) throws {
    func trial(_ control: Control) throws -> TrialPlan {
      try plan { ($0.schedule, $0.retraining, $0.control) = (.iterative(rounds: 2), retraining, control) }
    }
    let (ticket, control) = (try trial(.none), try trial(.randomMask))
    for index in 1...2 {
      let mine = try #require(ticket.training(ticket.rounds[index][.training]))
      let other = try #require(control.training(control.rounds[index][.training]))
      #expect(other.firstStep == mine.firstStep)
      #expect(other.steps == mine.steps)
      #expect(other.learningRateStep == mine.learningRateStep)
      if retraining == .rewind(to: .iterations(10)) {
        #expect([mine.firstStep, mine.steps, mine.learningRateStep] == [10, 20, 10])
      }
    }
  }

  @Test func aRandomMaskThatIsNotRewoundGoesOnFromItsOwnLastRound() throws {
    let control = try plan {
      ($0.schedule, $0.retraining, $0.control) = (.iterative(rounds: 2), .fineTune(.share(0.2)), .randomMask)
    }
    let last = try #require(control.training(control.rounds[2][.training]))
    guard case .weights(let source) = last.source else {
      Issue.record("it starts afresh")
      return
    }
    #expect(source == control.rounds[1][.training])
  }
}

extension TrialPlan {
  func training(_ key: StageKey?) -> TrainingStage? {
    stages.first { $0.key == key } as? TrainingStage
  }

  /// Optimizer steps that the weights at the end of a training have had.
  func steps(of key: StageKey) -> Int {
    guard let training = training(key) else { return 0 }
    guard case .weights(let source) = training.source else { return training.steps }
    return training.steps + steps(of: source)
  }
}

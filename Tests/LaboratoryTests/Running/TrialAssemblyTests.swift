import CoppiceLaboratory
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Testing

@Suite struct TrialAssemblyTests {
  /// A ladder of two rounds that a stop rule may end.
  private static let trial = Trial.tiny.with {
    ($0.schedule, $0.sparsity) = (.lotteryTicket(rounds: 2, rate: 0.5), nil)
    $0.stop = .drop(tolerance: 0.05)
  }

  private let folder: TemporaryFolder
  private let outputs: RecentStages
  private let plan: TrialPlan

  init() throws {
    folder = try TemporaryFolder()
    outputs = RecentStages(StageFolder(folder.file("stages")))
    plan = try TrialPlan(Self.trial, Bench.library)
  }

  private var weights: ParameterSet { ParameterSet([("fc1.weight", Tensor([2, 2], [1, 2, 3, 4]))]) }

  /// Masks of which so many of four elements survive.
  private func masks(_ survivors: Int) -> MaskSet {
    MaskSet([("fc1.weight", Mask([2, 2], (0..<4).map { $0 < survivors ? 1 : 0 }))])
  }

  /// What a training leaves: a network of 7 operations.
  private func training(_ round: Int, in plan: TrialPlan) throws -> StageRecord {
    StageRecord(
      key: try #require(plan.rounds[round][.training]).hexadecimal,
      parameters: [
        ("parameters", masks(4 - round).applied(to: weights)),
        ("buffers", ParameterSet([("mean", Tensor([1], [5]))])),
      ],
      numbers: [
        ("flops", [7]), ("training_flops", [10]), ("training_flops_dense", [30]),
        ("wall_time", [0.5 + Double(round)]),
      ]
        + (round == 0
          ? [
            PathRecord(
              isConnected: true, weights: 4, effective: 4, emptiedLayers: 0, deadUnits: 0, flopsCompacted: 6
            ).numbers
          ] : []),
      evaluations: [
        Evaluation(step: 0, [(.testAccuracy, 0)]),
        Evaluation(step: 30, [(.testAccuracy, 0.9 - 0.1 * Double(round))]),
      ],
      layers: [LayerRecord(name: "fc1.weight", parameters: 4, nonzero: 4 - round, isPrunable: true)])
  }

  private func pruning(_ round: Int) throws -> StageRecord {
    StageRecord(
      key: try #require(plan.rounds[round][.masks]).hexadecimal, masks: [("masks", masks(4 - round))],
      numbers: [
        ("requested_sparsity", [0.25 * Double(round) + 0.01]),
        PathRecord(
          isConnected: true, weights: 4, effective: 3 - round, emptiedLayers: 0, deadUnits: round,
          flopsCompacted: 5
        )
        .numbers,
      ])
  }

  /// What the stop rule decided after a round.
  private func decision(_ round: Int, _ outcome: StageOutcome) throws -> StageRecord {
    let stage = plan.stages.compactMap { $0 as? DecisionStage }.first { $0.rounds.count == round + 1 }
    return StageRecord(key: try #require(stage).key.hexadecimal, outcome: outcome)
  }

  /// Stores what was made, each perhaps changed.
  private func store(_ records: [StageRecord]) throws { for record in records { try outputs.write(record) } }

  private func ending(_ record: StageRecord, _ outcome: StageOutcome) -> StageRecord {
    var record = record
    record.outcome = outcome
    return record
  }

  private func record(_ ending: TrialStatus? = nil) throws -> TrialRecord {
    try TrialAssembly(plan, from: outputs).record(provenance: "{\"tool\": 1}", ending: ending)
  }

  /// How the rounds stand, and whether each is the last.
  private func standing(_ record: TrialRecord) -> [String] {
    record.rounds.map { "\($0.index) \($0.row.status)\($0.row.isFinal ? " final" : "")" }
  }

  @Test func aTrialThatWentItsWholeWay() throws {
    try store(
      [training(0, in: plan), pruning(1), training(1, in: plan), pruning(2), training(2, in: plan)]
        + [decision(0, .made), decision(1, .made)])
    let record = try record()
    #expect(record.status == .completed)
    #expect(standing(record) == ["0 completed", "1 completed", "2 completed final"])
    #expect(record.trial == plan.name && record.key == plan.key.hexadecimal)
    #expect(record.configuration == plan.configuration && record.provenance == "{\"tool\": 1}")
    #expect(
      try record.initialWeights?.hasSameBits(as: plan.regimen.initialParameters(draw: 0)) == true)
    for (index, round) in record.rounds.enumerated() {
      #expect(round.weights?.names == ["fc1.weight", "mean"])
      #expect(round.masks == (index == 0 ? MaskSet() : masks(4 - index)) && round.trainedMasks == nil)
      #expect(round.evaluations.count == 2 && round.layers.count == 1)
      let row = round.row
      #expect(row.requestedSparsity == (index == 0 ? 0 : 0.25 * Double(index) + 0.01))
      #expect(row.sparsity == 0.25 * Double(index) && row.density == 1 - 0.25 * Double(index))
      #expect(row[metric: .testAccuracy] == 0.9 - 0.1 * Double(index))
      #expect(row[metric: .flops] == 7 && row[metric: .wallTime] == 0.5 + Double(index))
      // Each training counts once, those of the rounds before it among them.
      #expect(row[metric: .trainingFlops] == Double(index + 1) * 10)
      #expect(row[metric: .trainingFlopsDense] == Double(index + 1) * 30)
      #expect(row[metric: .deadUnits] == Double(index))
      #expect(row.stoppedBy == "" && row.isLadder && row.schedule == "lottery-ticket")
    }
  }

  /// The dense training and the weights it is rewound to have the first steps in common.
  @Test func whatATrainingBeginsWithCountsOnce() throws {
    let plan = try TrialPlan(Self.trial.with { $0.retraining = .rewind(to: .iterations(10)) }, Bench.library)
    for case let training as TrainingStage in plan.stages {
      let round = plan.rounds.firstIndex { $0[.training] == training.key } ?? 0
      var record = try self.training(round, in: plan)
      let steps = Double(training.steps)
      record.key = training.key.hexadecimal
      record.numbers = [
        ("training_flops", [steps * (training.masks == nil ? 30 : 10)]),
        ("training_flops_dense", [steps * 30]),
      ]
      try store([record])
    }
    for round in 1...2 {
      var masks = try pruning(round)
      masks.key = try #require(plan.rounds[round][.masks]).hexadecimal
      try store([masks])
    }
    let record = try TrialAssembly(plan, from: outputs).record(provenance: "{}", ending: nil)
    // 30 dense steps, and 20 for each ticket: those up to step 10 are the dense training's own.
    #expect(record.rounds.map { $0.row[metric: .trainingFlops] } == [900, 1100, 1300])
    #expect(record.rounds.map { $0.row[metric: .trainingFlopsDense] } == [900, 1500, 2100])
  }

  @Test func aCollapseEndsTheTrialWithoutATraining() throws {
    try store([
      training(0, in: plan), ending(pruning(1), .collapsed(["fc1.weight"])), decision(0, .made),
    ])
    let record = try record(.collapsed)
    #expect(record.status == .collapsed)
    #expect(standing(record) == ["0 completed", "1 collapsed final"])
    let last = record.rounds[1]
    #expect(last.masks == masks(3) && last.weights == nil && last.evaluations.isEmpty)
    #expect(last.row.sparsity == 0.25 && last.row.requestedSparsity == 0.26)
    #expect(last.row[metric: .testAccuracy].isNaN)
  }

  @Test(arguments: [0, 1, 2]) func aDivergenceIsTheLastRound(round: Int) throws {
    try store([decision(0, .made), decision(1, .made)])
    for index in 0...2 {
      let training = try training(index, in: plan)
      try store([index == round ? ending(training, .diverged("the loss is nan")) : training])
      if index > 0 { try store([pruning(index)]) }
    }
    let record = try record(.diverged)
    #expect(record.status == .diverged)
    #expect(
      standing(record) == (0..<round).map { "\($0) completed" } + ["\(round) diverged final"])
    // It was trained, and what it came to is told.
    let last = record.rounds[round]
    #expect(last.weights?["fc1.weight"] == masks(4 - round).applied(to: weights)["fc1.weight"])
    #expect(last.row[metric: .testAccuracy] == 0.9 - 0.1 * Double(round))
  }

  /// Where masks move inside a training, one stage leaves both, and its end is told with its results too.
  @Test func aDivergenceUnderMovingMasksIsToldInFull() throws {
    let plan = try TrialPlan(
      Trial.tiny.with {
        ($0.schedule, $0.sparsity, $0.dynamics) = (.none, 0.5, .gradual(every: .iterations(5)))
      },
      Bench.library)
    #expect(plan.rounds.map(\.index) == [1])
    var training = try training(0, in: plan)
    (training.outcome, training.masks) = (.diverged("the loss is nan"), [("masks", masks(3))])
    training.masks.append(("trained", masks(4)))
    try store([training])
    let record = try TrialAssembly(plan, from: outputs).record(provenance: "{}", ending: nil)
    #expect(standing(record) == ["1 diverged final"])
    #expect(record.rounds[0].weights?["fc1.weight"] == weights["fc1.weight"])
    #expect(record.rounds[0].masks == masks(3) && record.rounds[0].trainedMasks == masks(4))
    #expect(record.rounds[0].row[metric: .testAccuracy] == 0.9)
  }

  @Test func aLadderThatARuleEndedHasFewerRounds() throws {
    try store([
      training(0, in: plan), decision(0, .made), pruning(1), training(1, in: plan),
      decision(1, .stopped("it has fallen")),
    ])
    let record = try record(.completed)
    #expect(record.status == .completed)
    #expect(standing(record) == ["0 completed", "1 completed final"])
    #expect(record.rounds.map(\.row.stoppedBy) == ["", "drop after round 1: it has fallen"])
  }

  @Test func aTrainingThatARuleEndedSaysSo() throws {
    var first = try training(0, in: plan)
    first.metadata = JSON.object([("stop", .text("plateau after step 20"))])
    try store([first, decision(0, .made), pruning(1), training(1, in: plan)])
    #expect(try record(.failed).rounds.map(\.row.stoppedBy) == ["plateau after step 20", "", ""])
  }

  @Test(arguments: [nil, TrialStatus.failed, .interrupted])
  func aTrialThatIsNotWholeEndsWithTheRoundThatIsMissing(ending: TrialStatus?) throws {
    let status = ending ?? .failed
    #expect(try standing(record(ending)) == ["0 \(status) final"])
    try store([training(0, in: plan), decision(0, .made)])
    let unpruned = try record(ending)
    #expect(unpruned.status == status && standing(unpruned) == ["0 completed", "1 \(status) final"])
    #expect(unpruned.rounds[1].masks == nil && unpruned.rounds[1].row.sparsity.isNaN)
    try store([pruning(1)])
    let untrained = try record(ending)
    #expect(standing(untrained) == ["0 completed", "1 \(status) final"])
    #expect(untrained.rounds[1].masks == masks(3) && untrained.rounds[1].weights == nil)
    #expect(
      untrained.rounds[1].row[metric: .trainingFlops] == untrained.rounds[0].row[metric: .trainingFlops],
      "what was spent before it is known, its own was not spent")
    #expect(untrained.rounds[1].row[metric: .flops] > 0 && untrained.rounds[1].row[metric: .parameters] > 0)
  }

  @Test func theIndexHasWhatTheSweepVaries() throws {
    try store([training(0, in: plan)])
    let distinctions = Distinction.all(among: [
      ("seed", [.integer(0), .integer(1)]), ("batch-size", [.integer(20), .integer(30)]),
    ])
    let assembly = TrialAssembly(plan, from: outputs, distinctions: distinctions)
    let row = try assembly.record(provenance: "{}", ending: nil).rounds[0].row
    #expect(row.settings == [.init("seed", .integer(0)), .init("batch-size", .integer(20))])
  }

  /// The ratio of a trial is that of its last pruning, whether this is reported or not.
  @Test func aRoundInTheMiddleHasTheSparsityOfItsOwn() throws {
    let middle = try TrialPlan(
      Trial.tiny.with { ($0.schedule, $0.sparsity, $0.rounds) = (.iterative(rounds: 5), 0.9, [3]) },
      Bench.library)
    let row = middle.row(try #require(middle.rounds.last), distinctions: [])
    #expect(row.round == 3 && row.targetSparsity == row.requestedSparsity)
    #expect(abs(row.requestedSparsity - 0.749) < 0.003)
    let whole = try TrialPlan(
      Trial.tiny.with { ($0.schedule, $0.sparsity) = (.iterative(rounds: 5), 0.9) }, Bench.library)
    #expect(try #require(whole.rounds.last).index == 5)
    #expect(whole.row(whole.rounds[5], distinctions: []).requestedSparsity == 0.9)
  }
}

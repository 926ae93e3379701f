import CoppiceLaboratory
import CoppicePruning
import CoppiceTerms
import Testing

@Suite struct ScheduleTests {
  @Test func oneShotGoesThereAtOnce() throws {
    #expect(Schedule.oneShot.rounds == 1)
    #expect(!Schedule.oneShot.isLadder)
    #expect(try Schedule.oneShot.target(ofRound: 1, ratio: 0.9) == .sparsity(0.9))
    #expect(try Schedule.oneShot.target(ofRound: 1, ratio: 0) == .sparsity(0))
  }

  /// Densities 0.1^(k/5), from NumPy.
  @Test func iterativeGoesGeometrically() throws {
    let schedule = Schedule.iterative(rounds: 5)
    let expected = [0.36904265551980675, 0.6018928294465028, 0.7488113568490420, 0.8415106807538887, 0.9]
    for (index, sparsity) in expected.enumerated() {
      #expect(abs(try schedule.sparsity(afterRound: index + 1, ratio: 0.9) - sparsity) < 1e-15)
    }
    #expect(try schedule.target(ofRound: 5, ratio: 0.9) == .sparsity(0.9))
    #expect(try Schedule.iterative(rounds: 1).target(ofRound: 1, ratio: 0.3) == .sparsity(0.3))
    #expect(!schedule.isLadder)
    for round in 1...5 { #expect(try schedule.target(ofRound: round, ratio: 0) == .sparsity(0)) }
  }

  @Test func lotteryTicketIsALadder() throws {
    let schedule = Schedule.lotteryTicket(rounds: 20)
    #expect(schedule.isLadder)
    #expect(!schedule.takesRatio)
    #expect(schedule.rounds == 20)
    for round in 1...20 { #expect(try schedule.target(ofRound: round, ratio: nil) == .rate(0.2, times: 1)) }
    #expect(try Schedule.oneShot(toRound: 3).target(ofRound: 1, ratio: nil) == .rate(0.2, times: 3))
  }

  @Test func refusesWhatMakesNoSense() {
    #expect(throws: PruningError.ratioMissing(schedule: "one-shot")) {
      try Schedule.oneShot.target(ofRound: 1, ratio: nil)
    }
    #expect(throws: PruningError.ratioNotTaken(0.5, schedule: "lottery-ticket")) {
      try Schedule.lotteryTicket(rounds: 2).target(ofRound: 1, ratio: 0.5)
    }
    for ratio in [1.0, -0.1, 90] {
      #expect(throws: PruningError.ratioOutOfRange(ratio)) {
        try Schedule.oneShot.target(ofRound: 1, ratio: ratio)
      }
    }
    #expect(throws: PruningError.self) { try Schedule.oneShot.target(ofRound: 1, ratio: .nan) }
    #expect(throws: PruningError.roundsOutOfRange(0)) {
      try Schedule.iterative(rounds: 0).target(ofRound: 1, ratio: 0.5)
    }
    for round in [0, 3] {
      #expect(throws: PruningError.noSuchRound(round, of: 2)) {
        try Schedule.iterative(rounds: 2).target(ofRound: round, ratio: 0.5)
      }
    }
    #expect(throws: PruningError.rateOutOfRange(1, of: "pruning in a round")) {
      try Schedule.lotteryTicket(rounds: 2, rate: 1).target(ofRound: 1, ratio: nil)
    }
    #expect(throws: PruningError.roundsOutOfRange(0)) {
      try Schedule.oneShot(toRound: 0).target(ofRound: 1, ratio: nil)
    }
    #expect(throws: PruningError.roundsOutOfRange(1_000_000)) {
      try Schedule.oneShot(toRound: 1_000_000).target(ofRound: 1, ratio: nil)
    }
    #expect(throws: PruningError.ratioOutOfRange(1.5)) {
      try Schedule("mine", rounds: 1) { _, ratio in ratio + 1 }.target(ofRound: 1, ratio: 0.5)
    }
  }

  @Test func theCatalogueIsFoundByName() throws {
    for schedule in Schedules.all {
      #expect(try Schedules.named(schedule.name) == schedule)
      #expect(schedule.specification.isVersioned)
    }
    #expect("\(Schedule.lotteryTicket(rounds: 12))" == "lottery-ticket(rounds: 12, rate: 0.2)")
    #expect("\(Schedule.oneShot)" == "one-shot")
    #expect("\(Schedule.oneShot(toRound: 7))" == "one-shot(to-round: 7, rate: 0.2)")
    #expect(throws: ComponentError.self) { try Schedules.named("lottery") }
  }
}

extension Schedule {
  /// The sparsity a round aims at: 1 − (1 − p)^(k · times) after k rounds of rate p.
  func sparsity(afterRound round: Int, ratio: Double?) throws -> Double {
    guard round > 0 else { return 0 }
    switch try target(ofRound: round, ratio: ratio) {
    case .sparsity(let sparsity): return sparsity
    case .rate(let rate, let times):
      return 1 - (0..<(round * times)).reduce(1.0) { density, _ in density * (1 - rate) }
    }
  }
}

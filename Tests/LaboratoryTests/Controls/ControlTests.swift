import CoppiceLaboratory
import CoppicePruning
import CoppiceTerms
import CoppiceTestSupport
import Testing

@Suite struct ControlTests {
  private func plan(_ control: Control, _ retraining: Retraining) throws -> TrialPlan {
    try TrialPlan(
      Trial.tiny.with {
        ($0.schedule, $0.sparsity) = (.lotteryTicket(rounds: 3), nil)
        ($0.retraining, $0.control) = (retraining, control)
      }, Bench.library)
  }

  @Test func theCatalogue() {
    #expect(faults(of: Control.catalogue) == [])
    // What a trial has that says nothing of controls.
    #expect(Control.catalogue.all.first == Trial().control)
    #expect(throws: ComponentError.unknown("control", "random-init", known: Control.catalogue.names)) {
      try Control(parsing: "random-init")
    }
  }

  @Test(arguments: Control.trained)
  func theDenseTrainingIsThatOfTheTicket(control: Control) throws {
    let (ticket, other) = (try plan(.none, .rewind()), try plan(control, .rewind()))
    #expect(other.rounds[0].keys == ticket.rounds[0].keys)
    #expect(other.rounds.map(\.index) == [0, 1, 2, 3])
    // A control is another trial, whatever it shares.
    #expect((other.key == ticket.key) == (control == .none))
  }

  /// Fresh weights have had no steps: they get all that the ticket's have had. Rewound ones have had one training's.
  @Test(arguments: [
    (Retraining.rewind(), [30, 30, 30]), (.rewind(to: .iterations(10)), [30, 30, 30]),
    (.fineTune(.iterations(8)), [38, 46, 54]),
  ])
  func randomReinitialisationKeepsTheMaskAlone(retraining: Retraining, steps: [Int]) throws {
    let (ticket, control) = (try plan(.none, retraining), try plan(.randomReinitialisation, retraining))
    for index in 1...3 {
      #expect(control.rounds[index][.masks] == ticket.rounds[index][.masks])
      let training = try #require(control.training(control.rounds[index][.training]))
      #expect(training.masks == ticket.rounds[index][.masks])
      // A draw of its own in every round, and never the trial's, which is draw 0.
      #expect(training.source == .fresh(draw: index))
      #expect(training.firstStep == 0 && training.learningRateStep == 0)
      #expect(training.steps == steps[index - 1])
    }
  }

  @Test func aRandomMaskKeepsTheWeightsAlone() throws {
    let (ticket, control) = (try plan(.none, .rewind()), try plan(.randomMask, .rewind()))
    for index in 1...3 {
      let masks = try #require(control.rounds[index][.masks])
      let random = try #require(control.stages.first { $0.key == masks } as? RandomMaskStage)
      #expect(random.pruning == ticket.rounds[index][.masks])
      let training = try #require(control.training(control.rounds[index][.training]))
      #expect(training.masks == masks && training.source == .fresh(draw: 0))
    }
  }

  /// What all of these have in common is the ticket's mask; each begins with weights of its own.
  @Test(arguments: Reinitialisation.allCases)
  func reinitialisedWeightsMakeTheStepsOfTheirTicket(way: Reinitialisation) throws {
    let control = try Control(parsing: way.rawValue)
    for (retraining, steps) in [(Retraining.rewind(), [30, 30]), (.fineTune(.iterations(8)), [38, 46])] {
      let plans = (try plan(.none, retraining), try plan(control, retraining))
      for index in 1...2 {
        let training = try #require(plans.1.training(plans.1.rounds[index][.training]))
        #expect(training.masks == plans.0.rounds[index][.masks])
        #expect(training.source == .remade(way, draw: index) && training.steps == steps[index - 1])
        #expect(plans.1.rounds[index].ticketSteps == steps[index - 1])
      }
    }
  }

  @Test(arguments: [(Control.randomMaskTotal, RandomMaskStage.Likeness.total), (.shuffledMask, .elements)])
  func masksByChanceAreMadeFromTheTicket(control: Control, likeness: RandomMaskStage.Likeness) throws {
    let (ticket, other) = (try plan(.none, .rewind()), try plan(control, .rewind()))
    for index in 1...3 {
      let masks = try #require(other.rounds[index][.masks])
      let made = try #require(other.stages.first { $0.key == masks } as? RandomMaskStage)
      #expect(made.pruning == ticket.rounds[index][.masks] && made.likeness == likeness)
    }
  }

  @Test func frozenAndDenseNetworksAreTrainedAsTheTicketIs() throws {
    for retraining in [Retraining.rewind(to: .iterations(10)), .fineTune(.iterations(8))] {
      let ticket = try plan(.none, retraining)
      let (frozen, dense) = (try plan(.frozenPruned, retraining), try plan(.denseEqualBudget, retraining))
      for index in 1...3 {
        let own = try #require(ticket.training(ticket.rounds[index][.training]))
        for other in [frozen, dense] {
          let training = try #require(other.training(other.rounds[index][.training]))
          #expect(training.steps == own.steps && training.firstStep == own.firstStep)
          #expect(training.learningRateStep == own.learningRateStep)
          #expect(training.freezesPruned == (other.key == frozen.key))
          #expect(training.masks == (other.key == frozen.key ? own.masks : nil))
        }
        #expect(dense.rounds[index][.masks] == nil)
      }
    }
  }

  @Test func aPatternHasNoOtherTotal() {
    #expect(
      message {
        _ = try TrialPlan(
          Trial.tiny.with {
            ($0.granularity, $0.control) = (.nOfM(keep: 2, of: 4), .randomMaskTotal)
          }, Bench.library)
      }.contains("set control=random-mask"))
  }
}

extension Control {
  /// All but those that are not trained.
  static let trained = Control.catalogue.all.filter { ![.recalibratedOnly, .untrained].contains($0) }
}

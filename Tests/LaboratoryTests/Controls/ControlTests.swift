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

  @Test(arguments: Control.catalogue.all)
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
}

import CoppiceLaboratory
import CoppiceTerms
import Testing

@Suite struct RecipeParsingTests {
  @Test func everyComponentReadsBackWhatItPrints() throws {
    for schedule in Schedule.all + [.oneShot(toRound: 7, rate: 0.3), .iterative(rounds: 1)] {
      let read = try Schedule(parsing: "\(schedule)")
      #expect(read == schedule)
      #expect(read.rounds == schedule.rounds)
      #expect(read.isLadder == schedule.isLadder)
    }
    for retraining in [
      Retraining.none, .fineTune(), .fineTune(.epochs(3)), .rewind(),
      .rewind(to: .share(0.1), learningRate: false),
      .learningRateRewind(to: .iterations(500)),
    ] {
      #expect(try Retraining(parsing: "\(retraining)") == retraining)
    }
  }

  @Test func fieldsWithADefaultMayBeLeftOut() throws {
    #expect(try Schedule(parsing: "lottery-ticket(rounds: 3)") == .lotteryTicket(rounds: 3))
    #expect(try Schedule(parsing: "at-initialisation") == .atInitialisation(rounds: 1))
    #expect(try Retraining(parsing: "rewind") == .rewind())
  }

  @Test func recipesReadBackWhatTheyPrint() throws {
    let recipe = Recipe([
      .train(), .prune(sparsity: 0.5), .retrain(), .prune(rate: 0.2), .retrain(.fineTune(.iterations(10))),
    ])
    #expect(
      "\(recipe)"
        == "recipe(steps: [train, prune(sparsity: 0.5), retrain, prune(rate: 0.2), retrain(with: fine-tune(budget: 10it))])"
    )
    #expect(try Recipe(parsing: "\(recipe)") == recipe)
    #expect(
      try Recipe(parsing: "recipe(steps: [train(until: 0it), prune(sparsity: 0.9), retrain])").steps.count
        == 3)
    #expect(
      throws: ComponentError.unknown(
        "step", "prun", known: ["train", "prune", "leave-out", "repair", "compact", "retrain", "quantise"])
    ) {
      try Recipe(parsing: "recipe(steps: [train, prun(sparsity: 0.5)])")
    }
  }

  @Test func errorsNameWhatIsMeant() {
    #expect(
      throws: ComponentError.specification(
        .missingField("rounds", of: "iterative", expected: "a whole number in 1…1000"))
    ) { try Schedule(parsing: "iterative") }
    #expect(throws: ComponentError.unknown("retraining", "finetune", known: Retraining.catalogue.names)) {
      try Retraining(parsing: "finetune")
    }
    #expect(throws: ComponentError.self) { try Retraining(parsing: "fine-tune(budget: 1.5)") }
    #expect(throws: ComponentError.self) { try Schedule(parsing: "one-shot(rate: 0.3)") }
  }
}

import CoppicePruning

extension Trial {
  /// What is done to the network: the trial's own recipe, or what schedule and retraining stand for.
  /// - Parameter ratio: what the schedule leads to.
  /// - Throws: as `Schedule.target` does.
  func steps(ratio: Double?) throws -> [RecipeStep] {
    if let recipe { return recipe.steps }
    if schedule == .none { return [.train()] }
    guard Schedule.possibleRounds.contains(schedule.rounds) else {
      throw PruningError.roundsOutOfRange(schedule.rounds)
    }
    let prunings = try (1...schedule.rounds).map { round in
      RecipeStep.prune(to: try schedule.target(ofRound: round, ratio: ratio))
    }
    if let origin = schedule.origin { return [.train(until: origin)] + prunings + [.retrain()] }
    return [.train()] + prunings.flatMap { [$0, .retrain()] }
  }
}

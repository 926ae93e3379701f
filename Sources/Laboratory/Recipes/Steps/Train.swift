import CoppicePruning
import CoppiceTerms

extension RecipeStep {
  /// Trains the network from its initial weights, as the trial says. It is measured.
  public static func train() -> RecipeStep {
    RecipeStep("train", version: 1) { course in try course.train() }
  }

  /// Makes the first steps of the dense training, unmeasured: the network that is pruned before it is trained. With
  /// `.iterations(0)` it is the network at initialisation.
  public static func train(until step: Budget) -> RecipeStep {
    RecipeStep("train", version: 1, fields: [("until", step.specificationValue)]) { course in
      try course.train(until: step)
    }
  }
}

extension Shipped<RecipeStep> {
  static let train = Shipped(.train(), "trains from the initial weights, or makes the first steps of it") {
    fields in
    let step = try fields.budget("until", default: .share(1))
    return step == .share(1) ? .train() : .train(until: step)
  }
}

import CoppiceTerms

extension RecipeStep {
  /// What follows a pruning: the trial's own retraining. The network is measured and reported as a round.
  public static func retrain() -> RecipeStep {
    RecipeStep("retrain", version: 1) { course in try course.retrain(nil) }
  }

  /// What follows a pruning: this retraining. The network is measured and reported as a round.
  public static func retrain(_ retraining: Retraining) -> RecipeStep {
    RecipeStep("retrain", version: 1, fields: [("with", .component(retraining.specification))]) { course in
      try course.retrain(retraining)
    }
  }
}

extension Shipped<RecipeStep> {
  static let retrain = Shipped(.retrain(), "trains what is left, by the trial's retraining or one of its own")
  { fields in
    guard let with = try fields.component("with") else { return .retrain() }
    return .retrain(try Retraining.catalogue.read(with))
  }
}

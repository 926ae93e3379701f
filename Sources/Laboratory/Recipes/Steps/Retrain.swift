import CoppiceTerms

extension RecipeStep {
  /// What follows a pruning: this retraining, or the trial's own. The network is measured and reported as a round.
  public static func retrain(_ retraining: Retraining? = nil) -> RecipeStep {
    RecipeStep(
      "retrain", version: 1, fields: retraining.map { [("with", .component($0.specification))] } ?? []
    ) { course in try course.retrain(retraining) }
  }
}

extension Shipped<RecipeStep> {
  static let retrain = Shipped(.retrain(), "trains what is left, by the trial's retraining or one of its own")
  { fields in
    guard let with = try fields.component("with") else { return .retrain() }
    return .retrain(try Retrainings.catalogue.read(with))
  }
}

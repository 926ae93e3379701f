import CoppiceTerms

extension LearningRate: Catalogued {
  /// Every shipped learning rate, with parameters of some kind. A number alone is a constant one.
  public static let catalogue: Catalogue<LearningRate> = Catalogue(
    "learning rate",
    [
      .constant,
      .steps,
      .cosine,
      .warmup,
    ])
}

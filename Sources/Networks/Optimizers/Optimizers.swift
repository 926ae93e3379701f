import CoppiceTerms

extension Optimizer: Catalogued {
  /// Every shipped optimizer with its default parameters.
  public static let catalogue = Catalogue<Optimizer>(
    "optimizer",
    [
      .sgd,
      .adam,
      .adamW,
    ])
}

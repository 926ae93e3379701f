import CoppiceTerms

extension Initializer: Catalogued {
  /// The shipped ways to draw a weight, with their default parameters.
  public static let catalogue = Catalogue<Initializer>(
    "initializer",
    [
      .glorotNormal,
      .glorotUniform,
      .kaimingNormal,
      .kaimingUniform,
      .lecunNormal,
      .truncatedNormal,
      .zeros,
      .ones,
    ])
}

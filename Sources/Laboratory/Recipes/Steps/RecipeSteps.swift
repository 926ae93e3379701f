import CoppiceTerms

extension RecipeStep: Catalogued {
  /// The steps that are shipped.
  public static let catalogue = Catalogue<RecipeStep>(
    "step",
    [
      .train, .prune, .leaveOut, .repair, .compact, .retrain, .quantise, .distil, .adapt, .factorise,
      .average,
    ])
}

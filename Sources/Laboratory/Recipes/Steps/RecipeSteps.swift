import CoppiceTerms

/// The steps that are shipped.
public enum RecipeSteps {
  /// One line each.
  public static let catalogue = Catalogue<RecipeStep>("step", [.train, .prune, .retrain])
}

import CoppiceTerms

extension RecipeStep {
  /// Cuts out of the network, in every training from here on, what its masks leave nothing of, see `Compaction.afterPruning`. Behind
  /// a `prune` and before the `retrain` that is to run on the smaller network.
  public static func compact() -> RecipeStep {
    RecipeStep("compact", version: 1) { course in try course.compact() }
  }
}

extension Shipped<RecipeStep> {
  static let compact = Shipped(
    .compact(), "trains from here on the smaller network that masks leave"
  ) { _ in .compact() }
}

import CoppicePruning
import CoppiceTerms

extension RecipeStep {
  /// Trains low-rank adapters beside the weights that a pruning has left, in place of a `retrain`. All else holds still. At the end they
  /// are merged under the masks: what is measured and stored is the network's own weights, and what is pruned is 0.
  ///
  /// E. Hu et al., "LoRA: low-rank adaptation of large language models", ICLR 2022; under masks M. Zimmer et al., "PERP: rethinking the
  /// prune-retrain paradigm in the era of LLMs", 2023.
  ///
  /// - Parameters:
  ///   - rank: the rank of each adapter.
  ///   - isMasked: whether they are merged under the masks. Others would leave no pruned weight at 0, and are refused.
  public static func adapt(rank: Int, masked isMasked: Bool = true) -> RecipeStep {
    adapt(rank, isMasked, with: nil)
  }

  /// The same by this retraining, which keeps the weights, in place of the trial's own.
  public static func adapt(rank: Int, masked isMasked: Bool = true, _ retraining: Retraining) -> RecipeStep {
    adapt(rank, isMasked, with: retraining)
  }

  fileprivate static func adapt(_ rank: Int, _ isMasked: Bool, with retraining: Retraining?) -> RecipeStep {
    RecipeStep(
      "adapt", version: 1,
      fields: [("rank", .integer(rank))] + (isMasked ? [] : [("masked", .flag(false))])
        + (retraining.map { [("with", .component($0.specification))] } ?? [])
    ) { course in
      guard isMasked else { throw RecipeError.adaptedUnmasked }
      try course.adapt(rank: rank, retraining)
    }
  }
}

extension Shipped<RecipeStep> {
  static let adapt = Shipped(
    .adapt(rank: 4), "trains low-rank adapters under the masks, and merges them", paper: "Hu et al. 2022"
  ) { fields in
    .adapt(
      try fields.count("rank"), try fields.flag("masked", default: true),
      with: try fields.component("with").map { try Retraining.catalogue.read($0) })
  }
}

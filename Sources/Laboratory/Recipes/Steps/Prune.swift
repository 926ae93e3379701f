import CoppicePruning
import CoppiceTerms

extension RecipeStep {
  /// Prunes by the trial's criterion, granularity and allocation, until this fraction of the prunable weights is removed,
  /// 0 ≤ sparsity < 1.
  public static func prune(sparsity: Double) -> RecipeStep {
    prune(to: .sparsity(sparsity), [("sparsity", .number(sparsity))])
  }

  /// Removes this fraction of the survivors, 0 < rate < 1.
  public static func prune(rate: Double) -> RecipeStep {
    prune(to: .rate(rate, times: 1), [("rate", .number(rate))])
  }

  /// Prunes to a target.
  static func prune(
    to target: PruningTarget, _ fields: [(name: String, value: Specification.Value)] = []
  ) -> RecipeStep {
    RecipeStep("prune", version: 1, fields: fields, prunesTo: target) { course in
      try course.prune(to: target)
    }
  }
}

extension Shipped<RecipeStep> {
  static let prune = Shipped(
    .prune(sparsity: 0.5), "removes weights until a sparsity, or a rate of the survivors"
  ) { fields in
    let rate = try fields.numberIfAny("rate", .rate, as: 0.2)
    return try rate.map(RecipeStep.prune(rate:)) ?? .prune(sparsity: try fields.share("sparsity"))
  }
}

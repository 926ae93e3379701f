import CoppicePruning
import CoppiceTerms

extension RecipeStep {
  /// Trains several copies of the pruned network under its masks, in place of a `retrain`, and takes the mean of their weights. The copies
  /// differ in the order of their examples and in dropout. Running statistics are made anew on `batches` batches of `scoring-batch`
  /// examples. Copy 0 is the training that `retrain` would make.
  ///
  /// M. Wortsman et al., "Model soups: averaging weights of multiple fine-tuned models improves accuracy without increasing inference
  /// time", ICML 2022; of pruned networks M. Zimmer et al., "Sparse model soups", ICLR 2024.
  public static func average(copies: Int, batches: Int = 10) -> RecipeStep {
    average(copies, batches, with: nil)
  }

  /// The same by this retraining in place of the trial's own.
  public static func average(copies: Int, batches: Int = 10, _ retraining: Retraining) -> RecipeStep {
    average(copies, batches, with: retraining)
  }

  fileprivate static func average(_ copies: Int, _ batches: Int, with retraining: Retraining?) -> RecipeStep {
    RecipeStep(
      "average", version: 1,
      fields: [("copies", .integer(copies)), ("batches", .integer(batches))]
        + (retraining.map { [("with", .component($0.specification))] } ?? [])
    ) { course in
      try course.average(copies: copies, batches: batches, retraining)
    }
  }

  /// How many copies there may be: more are a slip of the pen.
  static let possibleCopies = 2...100
}

extension Shipped<RecipeStep> {
  static let average = Shipped(
    .average(copies: 3), "trains copies under one mask, and takes the mean of their weights",
    paper: "Wortsman et al. 2022"
  ) { fields in
    .average(
      try fields.integer("copies", in: RecipeStep.possibleCopies),
      try fields.integer("batches", in: Repair.possibleBatches, default: 10),
      with: try fields.component("with").map { try Retraining.catalogue.read($0) })
  }
}

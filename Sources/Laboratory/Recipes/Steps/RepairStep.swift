import CoppiceTerms

extension RecipeStep {
  /// Sets the pruned network right without training it. Several stand in their order. Where no `retrain` follows, the repaired network
  /// is measured and reported as a round.
  public static func repair(by repair: Repair) -> RecipeStep {
    RecipeStep("repair", version: 1, fields: [("by", .component(repair.specification))], repairs: true) {
      course in try course.repair(repair)
    }
  }
}

extension Shipped<RecipeStep> {
  static let repair = Shipped(
    .repair(by: .recalibrate()), "sets the pruned network right from some batches, without training it"
  ) { fields in .repair(by: try fields.component("by", from: Repair.catalogue)) }
}

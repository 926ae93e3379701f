import CoppiceTerms

extension RecipeStep {
  /// Leaves blocks of the network out, whatever their weights: what each is given goes through. `leaveOut(["h.3"])` makes three layers of
  /// an encoder's four. What is normalised behind a sum stays. It stands before every `prune`, and counts as one.
  public static func leaveOut(_ blocks: [String]) -> RecipeStep {
    RecipeStep(
      "leave-out", version: 1, fields: [("blocks", .list(blocks.map { .text($0) }))], leavesOut: true
    ) { course in
      try course.leaveOut(blocks)
    }
  }
}

extension Shipped<RecipeStep> {
  static let leaveOut = Shipped(
    .leaveOut(["h.3"]), "leaves blocks or layers out, whatever their weights", paper: "Sajjad et al. 2020"
  ) { fields in .leaveOut(try fields.texts("blocks")) }
}

import CoppiceNetworks
import CoppiceTerms

extension RecipeStep {
  /// Puts products of two smaller weights in the place of weights, by their singular values, until the network takes at most a share of
  /// its floating-point operations, 0 < share < 1. It stands before every `prune`, counts as one, and a training or `retrain(.none)`
  /// follows it.
  ///
  /// E. Denton et al., "Exploiting linear structure within convolutional networks for efficient evaluation", NIPS 2014.
  public static func factorise(flops share: Double) -> RecipeStep {
    factorise([("flops", .number(share))]) { network in
      let (ranks, least) = try FactorRanks.ranks(of: network, flops: share)
      guard !ranks.isEmpty else { throw RecipeError.nothingToFactorise(network.model.specification) }
      guard least <= share else { throw RecipeError.factorsTooLarge(share, least: least) }
      return Factorised(ranks)
    }
  }

  /// The same with products of one rank, of every weight that takes less so.
  public static func factorise(rank: Int) -> RecipeStep {
    factorise([("rank", .integer(rank))]) { network in
      let ranks = try FactorRanks.ranks(of: network, rank: rank)
      guard !ranks.isEmpty else { throw RecipeError.nothingToFactorise(network.model.specification) }
      return Factorised(ranks)
    }
  }

  private static func factorise(
    _ fields: [(name: String, value: Specification.Value)],
    _ ranks: @escaping @Sendable (Network) throws -> Factorised
  ) -> RecipeStep {
    RecipeStep("factorise", version: 1, fields: fields, factorises: true) { course in
      try course.factorise(ranks)
    }
  }
}

extension Shipped<RecipeStep> {
  static let factorise = Shipped(
    .factorise(flops: 0.5), "makes weights products of two smaller ones, by singular values",
    paper: "Denton et al. 2014"
  ) { fields in
    let rank = try fields.integerIfAny("rank", .count, as: 8)
    return try rank.map(RecipeStep.factorise(rank:)) ?? .factorise(flops: try fields.number("flops", .rate))
  }
}

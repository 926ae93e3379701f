import CoppiceTerms

extension Granularity: Catalogued {
  /// The granularities that are shipped, in the order they are listed.
  public static let catalogue = Catalogue<Granularity>(
    "granularity",
    [
      .weight, .block, .oneByN, .nOfM, .neuron, .head, .channel, .hiddenUnit, .embeddingWidth, .coupledUnit,
      .residualBranch, .residualBlock,
    ])
}

/// Another name of `Granularity`, for what is shipped: `Granularities.all`.
public typealias Granularities = Granularity

extension SpecificationReader {
  /// The fields of every granularity of units.
  mutating func aggregation() throws(SpecificationError) -> (Granularity.Aggregate, normalised: Bool) {
    let names = Granularity.Aggregate.allCases.map(\.rawValue).joined(separator: ", ")
    let aggregate = try take("aggregate", "one of \(names)", default: Granularity.Aggregate.mean) {
      Granularity.Aggregate(rawValue: $0.description)
    }
    return (aggregate, try flag("normalised", default: false))
  }
}

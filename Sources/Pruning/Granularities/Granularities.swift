import CoppiceTerms

/// The granularities that are shipped.
public enum Granularities {
  /// What there is, in the order it is listed.
  public static let catalogue = Catalogue<Granularity>("granularity", [.weight, .neuron, .head])

  /// All of them, in the order they are listed.
  public static var all: [Granularity] { catalogue.all }

  /// The one of that name; `filter` is another name of `neuron`.
  /// - Throws: `ComponentError.unknown`, with the nearest name.
  public static func named(_ name: String) throws(ComponentError) -> Granularity { try catalogue.named(name) }
}

extension Granularity {
  /// The shipped granularity of that text: `neuron`, `head(aggregate: l2, normalised: true)`.
  public init(parsing text: String) throws(ComponentError) { self = try Granularities.catalogue.parse(text) }
}

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

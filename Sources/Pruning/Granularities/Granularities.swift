/// The granularities that are shipped.
public enum Granularities {
  /// All of them, in the order they are listed.
  public static let all: [Granularity] = [.weight, .neuron]

  /// The one of that name; `filter` is another name of `neuron`.
  /// - Throws: `PruningError.unknownComponent`, with the nearest name.
  public static func named(_ name: String) throws(PruningError) -> Granularity {
    name == "filter" ? .filter : try all.component(named: name, kind: "granularity")
  }
}

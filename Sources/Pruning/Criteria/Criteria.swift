/// The criteria that are shipped.
public enum Criteria {
  /// All of them, in the order they are listed.
  public static let all: [Criterion] = [.magnitude, .random, .taylor]

  /// The one of that name.
  /// - Throws: `PruningError.unknownComponent`, with the nearest name.
  public static func named(_ name: String) throws(PruningError) -> Criterion {
    try all.component(named: name, kind: "criterion")
  }
}

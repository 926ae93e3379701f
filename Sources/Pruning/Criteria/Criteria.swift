import CoppiceTerms

/// The criteria that are shipped.
public enum Criteria {
  /// What there is, in the order it is listed.
  public static let catalogue = Catalogue<Criterion>(
    "criterion", [.magnitude, .random, .taylor, .snip, .fisher, .wanda])

  /// All of them, in the order they are listed.
  public static var all: [Criterion] { catalogue.all }

  /// The one of that name.
  /// - Throws: `ComponentError.unknown`, with the nearest name.
  public static func named(_ name: String) throws(ComponentError) -> Criterion { try catalogue.named(name) }
}

extension Criterion {
  /// The shipped criterion of that text, `magnitude`.
  public init(parsing text: String) throws(ComponentError) { self = try Criteria.catalogue.parse(text) }
}

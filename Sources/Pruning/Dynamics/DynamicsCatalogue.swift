import CoppiceTerms

extension Dynamics: Catalogued {
  /// The dynamics that are shipped.
  public static let catalogue = Catalogue<Dynamics>("dynamics", [.none, .gradual])
}

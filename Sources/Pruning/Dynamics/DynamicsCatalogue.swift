import CoppiceTerms

/// The dynamics that are shipped.
public enum DynamicsCatalogue {
  /// One line each.
  public static let catalogue = Catalogue<Dynamics>("dynamics", [.none, .gradual])
}

import CoppiceTerms

/// The controls that are shipped.
public enum Controls {
  /// One line each.
  public static let catalogue = Catalogue<Control>("control", [.none, .randomReinitialisation, .randomMask])
}

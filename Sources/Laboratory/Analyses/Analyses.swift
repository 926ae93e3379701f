import CoppiceTerms

/// The analyses that are shipped.
public enum Analyses {
  /// One line each.
  public static let catalogue = Catalogue<Analysis>("analysis", [.maskOverlap])
}

import CoppiceTerms

/// The stop rules that are shipped.
public enum StopRules {
  /// One line each.
  public static let catalogue = Catalogue<StopRule>("stop rule", [.never, .plateau, .drop])
}

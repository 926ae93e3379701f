import CoppiceTerms

extension StopRule: Catalogued {
  /// The stop rules that are shipped.
  public static let catalogue = Catalogue<StopRule>("stop rule", [.never, .plateau, .drop, .earlyBird])
}

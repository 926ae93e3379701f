import CoppiceTerms

extension Repair: Catalogued {
  /// The repairs that are shipped, no repair first.
  public static let catalogue = Catalogue<Repair>(
    "repair", [.none, .recalibrate, .biasCorrection, .leastSquares])
}

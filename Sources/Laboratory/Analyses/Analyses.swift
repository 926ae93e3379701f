import CoppiceTerms

extension Analysis: Catalogued {
  /// The analyses that are shipped.
  public static let catalogue = Catalogue<Analysis>(
    "analysis", [.maskOverlap, .layerSensitivity, .unitAblation, .linearConnectivity])
}

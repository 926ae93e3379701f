import CoppiceTerms

extension Analysis: Catalogued {
  /// The analyses that are shipped.
  public static let catalogue = Catalogue<Analysis>(
    "analysis",
    [
      .maskOverlap, .roundOverlap, .consensusMasks, .maskAlignment, .topologyDistance, .inputDegrees,
      .deadUnits, .layerStatistics, .layerSensitivity, .unitAblation, .calibration, .denseAgreement,
      .classDamage, .robustness, .prunePotential, .rankStability, .linearConnectivity,
    ])
}

import CoppiceTerms

extension Calibration: Catalogued {
  /// The calibrations that are shipped.
  public static let catalogue = Catalogue<Calibration>(
    "calibration", [.minMax, .percentile, .meanSquaredError])
}

import CoppiceTerms

extension RoundMeasurement: Catalogued {
  /// The measurements that are shipped, none first.
  public static let catalogue = Catalogue<RoundMeasurement>("measurement", [.none, .latency])
}

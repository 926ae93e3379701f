import CoppiceTerms

extension Measurement: Catalogued {
  /// The measurements that are shipped, none first.
  public static let catalogue = Catalogue<Measurement>("measurement", [.none, .latency])
}

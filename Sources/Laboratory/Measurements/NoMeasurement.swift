import CoppiceTerms

extension RoundMeasurement {
  /// Nothing: no stage waits until it is alone.
  public static let none = RoundMeasurement("none", version: 1)
}

extension Shipped<RoundMeasurement> {
  static let none = Shipped(.none, "nothing but costs and accuracies")
}

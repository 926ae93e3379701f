import CoppiceTerms

extension Measurement {
  /// Nothing: no stage waits until it is alone.
  public static let none = Measurement("none", version: 1)
}

extension Shipped<Measurement> {
  static let none = Shipped(.none, "nothing but costs and accuracies")
}

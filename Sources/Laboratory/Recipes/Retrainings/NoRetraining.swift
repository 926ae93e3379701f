import CoppiceTerms

extension Retraining {
  /// Nothing: the pruned network is measured as it is.
  public static let none = Retraining("none", version: 1) { _, _ in RetrainingPlan(iterations: 0) }
}

extension Shipped<Retraining> {
  static let none = Shipped(.none, "nothing: the pruned network is measured as it is")
}

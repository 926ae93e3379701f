import CoppiceTerms

extension RetrainingRate {
  /// The last rate of the dense training throughout.
  ///
  /// S. Han, J. Pool, J. Tran, W. Dally, "Learning both weights and connections for efficient neural networks", NIPS 2015.
  public static let last = lastWay
}

extension Shipped<RetrainingRate> {
  static let last = Shipped(.last, "the last rate of the dense training throughout", paper: "Han et al. 2015")
}

import CoppiceTerms

extension RetrainingRate {
  /// What the retraining itself says: the last rate for `fine-tune`, those of the dense training for `rewind` and
  /// `learning-rate-rewind`.
  public static let own = ownWay
}

extension Shipped<RetrainingRate> {
  static let own = Shipped(.own, "what the retraining itself says")
}

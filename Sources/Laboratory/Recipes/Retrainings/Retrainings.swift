import CoppiceTerms

extension Retraining: Catalogued {
  /// The retrainings that are shipped.
  public static let catalogue = Catalogue<Retraining>(
    "retraining", [.none, .fineTune, .rewind, .learningRateRewind, .complete])
}

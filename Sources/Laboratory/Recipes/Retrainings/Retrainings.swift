import CoppiceTerms

/// The retrainings that are shipped.
public enum Retrainings {
  /// One line each.
  public static let catalogue = Catalogue<Retraining>(
    "retraining", [.none, .fineTune, .rewind, .learningRateRewind])
}

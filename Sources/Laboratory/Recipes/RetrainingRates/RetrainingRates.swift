import CoppiceTerms

extension RetrainingRate: Catalogued {
  /// The rates that are shipped, the retraining's own first.
  public static let catalogue = Catalogue<RetrainingRate>(
    "retraining rate", [.own, .last, .rewound, .linear, .cyclic, .adaptiveLinear])
}

import CoppiceTerms

extension Control: Catalogued {
  /// The controls that are shipped, no control first.
  public static let catalogue = Catalogue<Control>(
    "control",
    [
      .none, .randomReinitialisation, .randomMask, .randomMaskTotal, .shuffledMask, .signedReinitialisation,
      .signedConstant, .permutedReinitialisation, .reshuffledReinitialisation, .frozenPruned,
      .denseEqualBudget, .recalibratedOnly, .untrained, .scratchE, .scratchB, .smallDenseEqualParameters,
      .smallDenseEqualFLOPs,
    ])
}

extension Control: CaseIterable {
  /// Every shipped control, no control first.
  public static var allCases: [Control] { all }
}

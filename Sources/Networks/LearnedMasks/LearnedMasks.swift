import CoppiceTerms

extension LearnedMask: Catalogued {
  /// The learned masks that are shipped.
  public static let catalogue = Catalogue<LearnedMask>(
    "learned mask",
    [
      .none,
      .edgePopup,
      .bernoulli,
      .movement,
      .softMovement,
      .hardConcrete,
      .softThreshold,
      .continuousSparsification,
      .proximal,
      .slimming,
    ])
}

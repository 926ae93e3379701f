import CoppiceTerms

extension Loss: Catalogued {
  /// Every shipped loss.
  public static let catalogue = Catalogue<Loss>(
    "loss", [.crossEntropy, .labelSmoothing, .distillation, .featureMatching])
}

import CoppiceTerms

extension Loss {
  /// Every shipped loss.
  public static let catalogue = Catalogue<Loss>("loss", [.crossEntropy, .labelSmoothing])
}

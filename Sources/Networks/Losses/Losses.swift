import CoppiceTerms

extension Loss {
  /// Every shipped loss.
  public static let catalogue = Catalogue<Loss>("loss", [.crossEntropy, .labelSmoothing])

  /// The loss of a text: `label-smoothing(share: 0.1)`.
  public init(parsing text: String) throws(ComponentError) { self = try Loss.catalogue.parse(text) }
}

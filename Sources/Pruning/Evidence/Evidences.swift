import CoppiceTerms

/// The evidence that is shipped.
public enum Evidences {
  /// What there is, in the order it is listed.
  public static let catalogue = Catalogue<Evidence>(
    "evidence", [.gradients, .squaredGradients, .inputSquares])

  /// All of it.
  public static var all: [Evidence] { catalogue.all }
}

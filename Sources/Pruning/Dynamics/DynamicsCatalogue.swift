import CoppiceTerms

extension Dynamics: Catalogued {
  /// The dynamics that are shipped.
  public static let catalogue = Catalogue<Dynamics>(
    "dynamics", [.none, .gradual, .set, .rigl, .srigl, .granet, .topKAST, .acDC, .softFilter])
}

import CoppiceTerms

extension Control {
  /// The mask is kept, every weight begins at ±σ with the sign of its initial value, where σ is the standard deviation of all initial
  /// weights of its layer: do magnitudes matter beside signs? It makes the steps that `randomReinitialisation` makes.
  ///
  /// H. Zhou et al., "Deconstructing lottery tickets: zeros, signs, and the supermask", NeurIPS 2019.
  public static let signedConstant = Control("signed-constant", version: 1) { course, ticket in
    course.retrained(ticket, from: .signedConstant)
  }
}

extension Shipped<Control> {
  static let signedConstant = Shipped(
    .signedConstant, "the same mask, every weight at one size a layer with the sign of its initial value",
    paper: "Zhou et al. 2019")
}

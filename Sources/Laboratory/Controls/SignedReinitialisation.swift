import CoppiceTerms

extension Control {
  /// The mask is kept, the weights are drawn afresh with the signs of the initial ones: is it the sign that matters? It makes the
  /// steps that `randomReinitialisation` makes.
  ///
  /// H. Zhou et al., "Deconstructing lottery tickets: zeros, signs, and the supermask", NeurIPS 2019.
  public static let signedReinitialisation = Control("signed-reinit", version: 1) { course, ticket in
    course.retrained(ticket, from: .signed)
  }
}

extension Shipped<Control> {
  static let signedReinitialisation = Shipped(
    .signedReinitialisation, "the same mask, the weights drawn afresh with the signs of the initial ones",
    paper: "Zhou et al. 2019")
}

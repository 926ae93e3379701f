import CoppiceTerms

extension Control {
  /// The mask is kept, the initial weights of each layer change places, pruned ones among them: does it matter which value stands
  /// where? It makes the steps that `randomReinitialisation` makes.
  ///
  /// H. Zhou et al., "Deconstructing lottery tickets: zeros, signs, and the supermask", NeurIPS 2019, in whose program
  /// reinitialised weights are these.
  public static let permutedReinitialisation = Control("permuted-reinit", version: 1) { course, ticket in
    course.retrained(ticket, from: .permuted)
  }
}

extension Shipped<Control> {
  static let permutedReinitialisation = Shipped(
    .permutedReinitialisation, "the same mask, the initial weights of each layer in another order",
    paper: "Zhou et al. 2019")
}

import CoppiceTerms

extension Control {
  /// The mask is kept, the initial values of the survivors of each layer change places among themselves: the distribution of what
  /// survives stays. It makes the steps that `randomReinitialisation` makes.
  ///
  /// H. Zhou et al., "Deconstructing lottery tickets: zeros, signs, and the supermask", NeurIPS 2019.
  public static let reshuffledReinitialisation = Control("reshuffled-reinit", version: 1) { course, ticket in
    course.retrained(ticket, from: .reshuffled)
  }
}

extension Shipped<Control> {
  static let reshuffledReinitialisation = Shipped(
    .reshuffledReinitialisation, "the same mask, the initial values of survivors in another order",
    paper: "Zhou et al. 2019")
}

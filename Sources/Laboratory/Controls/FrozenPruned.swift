import CoppiceTerms

extension Control {
  /// Pruned weights are frozen at their initial values in place of zero: is zero what makes a mask good? Every weight takes part in
  /// the forward pass, and only the survivors are trained.
  ///
  /// The network is dense in what it computes and costs. Its sparsity is that of the mask: the share of weights that are not
  /// trained. Survivors begin as those of `randomMask` do.
  ///
  /// H. Zhou et al., "Deconstructing lottery tickets: zeros, signs, and the supermask", NeurIPS 2019.
  public static let frozenPruned = Control("frozen-pruned", version: 1) { course, ticket in
    let control = course.add(
      course.retrained(
        ticket, from: course.controlled ?? course.dense, masks: ticket.masks, freezesPruned: true))
    course.controlled = control
    return [(.masks, ticket.masks), (.training, control)]
  }
}

extension Shipped<Control> {
  static let frozenPruned = Shipped(
    .frozenPruned, "the same weights and mask, pruned ones frozen at their initial values in place of 0",
    paper: "Zhou et al. 2019")
}

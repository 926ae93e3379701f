import CoppiceTerms

extension Control {
  /// The dense network, trained as the ticket's is and as long: what is lost by pruning at all? It has the ticket's batches and
  /// learning rates, and its sparsity is 0.
  ///
  /// Where weights are not rewound, the control goes on from its own last round. A network that is rewound comes back to the dense
  /// training.
  ///
  /// Z. Liu et al., "Rethinking the value of network pruning", ICLR 2019, compare under equal budgets.
  public static let denseEqualBudget = Control("dense-equal-budget", version: 1) { course, ticket in
    let control = course.add(
      course.retrained(ticket, from: course.controlled ?? course.dense, masks: nil))
    course.controlled = control
    return [(.training, control)]
  }
}

extension Shipped<Control> {
  static let denseEqualBudget = Shipped(
    .denseEqualBudget, "the dense network, trained with the steps and learning rates of the ticket",
    paper: "Liu et al. 2019")
}

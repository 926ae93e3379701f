import CoppiceTerms

extension Control {
  /// The mask is kept, the weights are drawn afresh: do the initial weights matter? J. Frankle, M. Carbin, "The lottery ticket
  /// hypothesis", ICLR 2019.
  ///
  /// Fresh weights have had no steps yet, so the control makes all the steps the ticket has had, with their batches. Rewound
  /// weights have had the first steps of the dense training and one retraining. Others have had the dense training and the
  /// retrainings of every round. A round that removes nothing has the control of the round before.
  public static let randomReinitialisation = Control("random-reinit", version: 1) { course, ticket in
    let control = course.add(
      TrainingStage(
        course.regimen, source: .fresh(draw: course.lastRemoval), masks: ticket.masks,
        steps: course.position, predecessor: course.spared, isCompacted: course.isCompacting,
        density: ticket.density))
    return [(.masks, ticket.masks), (.training, control)]
  }
}

extension Shipped<Control> {
  static let randomReinitialisation = Shipped(
    .randomReinitialisation, "the same mask, the weights drawn afresh", paper: "Frankle and Carbin 2019")
}

import CoppiceTerms

extension Control {
  /// The pruned architecture, drawn afresh at its small size, with all the steps that the ticket has had: is it the weights that a
  /// pruning finds, or the architecture?
  ///
  /// Units of which nothing is left are cut out before weights are drawn, so that each weight is drawn by the inputs that its unit has.
  /// `randomReinitialisation` draws the whole network and masks it. Where no unit is gone, both draw the same.
  ///
  /// Z. Liu, M. Sun, T. Zhou, G. Huang, T. Darrell, "Rethinking the value of network pruning", ICLR 2019: Scratch-E.
  public static let scratchE = Control("scratch-e", version: 1) { course, ticket in
    let control = course.add(course.drawnSmall(under: ticket.masks, density: ticket.density))
    return [(.masks, ticket.masks), (.training, control)]
  }

  /// `scratchE` with as many operations as the dense network would need for the ticket's steps, over which the learning rates of the
  /// dense training are laid out: a step of a smaller network is cheaper, so that it makes more of them.
  ///
  /// It makes no more than twice the ticket's steps, as in the paper, and never fewer: Scratch-B of Liu et al. 2019. A plan counts the
  /// ticket's steps: how many more there are, the masks say.
  public static let scratchB = Control("scratch-b", version: 1) { course, ticket in
    let budget = course.add(
      BudgetStage(course.regimen, of: ticket.masks, steps: course.position, after: course.spared))
    let predecessor = TrainingStage.Predecessor(
      training: budget, planned: course.position, difference: .spared)
    let control = course.add(
      course.drawnSmall(
        under: ticket.masks, density: ticket.density, predecessor: predecessor,
        rate: TrainingStage.RateCourse(rate: .rewound, before: nil)))
    return [(.masks, ticket.masks), (.training, control)]
  }
}

extension Shipped<Control> {
  static let scratchE = Shipped(
    .scratchE, "the pruned architecture drawn afresh at its small size, with the steps of the ticket",
    paper: "Liu et al. 2019")

  static let scratchB = Shipped(
    .scratchB, "the pruned architecture drawn afresh, with the operations that the dense network would need",
    paper: "Liu et al. 2019")
}

extension Course {
  /// A training of the smaller network that masks leave, drawn afresh, with all the steps that the ticket's weights have had unless
  /// something before it says otherwise.
  func drawnSmall(
    under masks: StageKey, density: Double, predecessor: TrainingStage.Predecessor? = nil,
    rate: TrainingStage.RateCourse? = nil
  ) -> TrainingStage {
    TrainingStage(
      regimen, source: .small(draw: lastRemoval), masks: masks, steps: position,
      learningRateStep: rate == nil ? 0 : nil, predecessor: predecessor ?? spared, rate: rate,
      isCompacted: isCompacting, density: density)
  }
}

import CoppiceTerms

extension Control {
  /// The weights are kept, the mask is replaced by a random one with as many survivors in every layer: does it matter which
  /// weights survive?
  ///
  /// Where weights are not rewound, the control goes on from its own last round. All weights that survive in this round survived in
  /// that one; in the ticket's network some of them are pruned already.
  public static let randomMask = Control("random-mask", version: 1) { course, ticket in
    let random = course.add(
      RandomMaskStage(
        course.regimen, like: ticket.masks, granularity: course.trial.granularity,
        structure: course.structure))
    let control = course.add(
      course.retrained(ticket, from: course.controlled ?? course.dense, masks: random))
    course.controlled = control
    return [(.masks, random), (.training, control)]
  }
}

extension Shipped<Control> {
  static let randomMask = Shipped(.randomMask, "the same weights, as many survivors at random places")
}

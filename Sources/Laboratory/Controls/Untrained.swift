import CoppiceTerms

extension Control {
  /// The ticket's mask on the initial weights, no step of training: what does the choice of weights alone bring? H. Zhou et al.,
  /// "Deconstructing lottery tickets: zeros, signs, and the supermask", NeurIPS 2019, call such a mask a supermask.
  public static let untrained = Control("untrained", version: 1, isTrained: false) { course, ticket in
    let control = course.add(
      TrainingStage(
        course.regimen, source: .fresh(draw: 0), masks: ticket.masks, steps: 0, density: ticket.density))
    return [(.masks, ticket.masks), (.training, control)]
  }
}

extension Shipped<Control> {
  static let untrained = Shipped(
    .untrained, "the same mask on the initial weights, not trained", paper: "Zhou et al. 2019")
}

import CoppiceTerms

extension Retraining {
  /// The weights stay, and the training goes on where a stop rule has ended it, with the batches and the learning rates of the steps
  /// that are left. So the pruned network has as many steps in all as the dense one. It goes with a rule that ends the training before
  /// the first pruning, once.
  ///
  /// H. You et al., "Drawing early-bird tickets: towards more efficient training of deep networks", ICLR 2020, train an early-bird
  /// ticket so.
  public static func complete() -> Retraining {
    Retraining("complete", version: 1) { total, _ in
      RetrainingPlan(learningRateStep: total, iterations: 0, completes: true)
    }
  }
}

extension Shipped<Retraining> {
  static let complete = Shipped(
    .complete(), "makes the steps that a stop rule has left of the training, at their learning rates",
    paper: "You et al. 2020")
}

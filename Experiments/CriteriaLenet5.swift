import Coppice

extension Experiment {
  /// LeNet-5, trained for two thirds of a pass over MNIST, pruned at one stroke by every criterion to 2 to 64 times fewer weights, and
  /// measured as it is and after a tenth of its training more.
  public static let criteriaLenet5 = Experiment(
    "criteria-lenet-5",
    question:
      "Which criterion loses least at one cut of LeNet-5, and what of that is left after training on?",
    base: Trial(
      model: .lenet5, dataset: .mnist, training: .iterations(2_000), evaluation: .share(1),
      scoringBatches: 4)
  ) {
    SweepStep.everyCriterion(
      compressions: [2, 4, 8, 16, 32, 64], output: "fc2", training: .share(0.1))
  }
}

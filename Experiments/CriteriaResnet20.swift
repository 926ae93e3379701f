import Coppice

extension Experiment {
  /// ResNet-20 on CIFAR-10's images, trained for three passes and not to its end, pruned at one stroke by every criterion to 2 to 64
  /// times fewer weights, and measured as it is and after some training more.
  public static let criteriaResnet20 = Experiment(
    "criteria-resnet-20",
    question:
      "Which criterion loses least at one cut of ResNet-20, and what of that is left after training on?",
    base: Trial(
      model: .resnet20, dataset: .cifar10(validation: 500), optimizer: .sgd(momentum: 0.9, weightDecay: 1e-4),
      learningRate: .steps(0.05, at: [0.6, 0.85]), batchSize: 128, training: .epochs(3),
      evaluation: .share(1),
      scoringBatches: 4)
  ) {
    SweepStep.everyCriterion(
      compressions: [2, 8, 64], units: [.networkSlimming], output: "fc", training: .share(0.05))
  }
}

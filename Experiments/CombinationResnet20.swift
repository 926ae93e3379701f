import Coppice

extension Experiment {
  /// Pruning, quantisation, distillation and all together on ResNet-20, see `Combination`.
  ///
  /// Protocol: CIFAR-10's images, two passes; three weights of four go; a third of the steps follows each cut; the student has half the
  /// channels and one block less a stage, which is a seventh of the weights; three seeds.
  ///
  /// Expected: quantisation and pruning within a point of the dense network; the student is not, after so short a training.
  public static let combinationResnet20 = Experiment(
    "combination-resnet-20",
    question: "What do pruning, quantisation and distillation give together on a residual network?",
    base: Trial(
      model: .resnet20, dataset: .cifar10(validation: 500), optimizer: .sgd(momentum: 0.9, weightDecay: 1e-4),
      learningRate: .steps(0.05, at: [0.6, 0.85]), batchSize: 128, training: .epochs(2),
      evaluation: .share(1), measurement: .latency(threads: 1)),
    claims: residual.claims
  ) { residual.sweep }

  private static let residual = Combination(
    model: .resnet20, isModel: "model=resnet-20", student: .resnet([8, 16, 32], blocks: 2), sparsity: 0.75,
    retraining: .fineTune(.share(0.33)),
    bytes: 1_095_464)
}

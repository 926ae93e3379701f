import Coppice

extension Experiment {
  /// Pruning, quantisation, distillation and all together on LeNet-5, see `Combination`.
  ///
  /// Protocol: 2,000 steps of 60 digits; nine weights of ten go; 600 steps follow each cut; the student has half the filters and a quarter of
  /// the hidden units, which is a seventh of the weights; three seeds.
  ///
  /// Expected: each is as small as is said, within a point of the dense network; all together are more than 20 times smaller. A speed of five
  /// times is not expected of one example on one thread: a network of this size is bound by the start of its kernels.
  public static let combinationLenet5 = Experiment(
    "combination-lenet-5",
    question: "What do pruning, quantisation and distillation give together, and in which order?",
    base: Trial(
      model: .lenet5, dataset: .mnist, training: .iterations(2_000), evaluation: .share(1),
      measurement: .latency(threads: 1)),
    claims: lenet.claims
  ) { lenet.sweep }

  private static let lenet = Combination(
    model: .lenet5, isModel: "model=lenet-5", student: .lenet([10, 25], hidden: 125), sparsity: 0.9,
    retraining: .fineTune(.share(0.3)),
    bytes: 1_724_320)
}

import Coppice

extension Experiment {
  /// The example that introductions to pruning give: 30 % of the weights go, the file is 30 % smaller, the network 15 % faster, a point of
  /// accuracy is lost, and an epoch of training brings 0.8 of it back. Asked of LeNet-5 and of whole channels and hidden units.
  ///
  /// Protocol: LeNet-5 trained for two epochs of MNIST; 30 % of the weights go by mean magnitude, as many units of every layer; nothing
  /// follows, or an epoch at the small size, at the last rate; time is that of one picture on one thread; six seeds.
  ///
  /// Expected: the example's numbers, each with the tolerance of its claim.
  public static let workflowLenet5 = Experiment(
    "workflow-lenet-5", question: "Do the numbers of the usual example of pruning hold for LeNet-5?",
    base: Trial(
      model: .lenet5, dataset: .mnist, training: .epochs(2), evaluation: .share(1),
      granularity: .coupledUnit(coupling: Coupling(ranked: true)), sparsity: 0.3,
      compaction: .afterPruning, measurement: .latency(threads: 1)),
    claims: [
      Claim(
        "30 % of the weights are 30 % of the bytes", paper: "common example", published: "-30 %",
        metric: "bytes_compacted", measure: .share, of: ["target_sparsity=0.3", "retraining=fine-tune"],
        expected: .within(0.68...0.72)),
      Claim(
        "without 30 % of the weights one picture is 15 % faster", paper: "common example",
        published: "+15 % speed", metric: "latency_compacted_share",
        of: ["target_sparsity=0.3", "retraining=fine-tune"], expected: .below(1 / 1.15)),
      Claim(
        "the cut costs about a point before training goes on", paper: "common example",
        published: "-1 point", measure: .change, of: ["target_sparsity=0.3", "retraining=none"],
        expected: .within(-0.02 ... -0.005)),
      Claim(
        "an epoch brings accuracy within 0.2 points of the dense network", paper: "common example",
        published: "0.8 of the lost point", measure: .change,
        of: ["target_sparsity=0.3", "retraining=fine-tune"], expected: .above(-0.002)),
    ]
  ) {
    Axis(\.retraining, [.none, .fineTune(.epochs(1))])
    Axis(\.seed, 0..<6)
  }
}

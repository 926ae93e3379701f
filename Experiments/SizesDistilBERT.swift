import Coppice

extension Experiment {
  /// A claim that is made of DistilBERT: without two or three of its six layers, what was 60 MB is 35. Sizes and times need no training:
  /// weights are random, and layers go as wholes.
  ///
  /// Protocol: DistilBERT on one sequence of 128 tokens and on 64, on all cores of the machine; two or three layers go.
  ///
  /// Expected: bytes at 0.58 of the dense network or less without three layers, as 35 of 60 MB are (154 of our 265), and time at half. The embedding of
  /// 30,522 tokens is a third of the network and stays. Falsified where more is left.
  public static let sizesDistilBERT = Experiment(
    "sizes-distilbert", question: "What does DistilBERT save without two or three of its six layers?",
    base: Trial(
      model: .distilBERT(), dataset: .topics, batchSize: 8, training: .iterations(0), evaluation: .share(1),
      granularity: .residualBlock, retraining: .none, compaction: .afterPruning, measurement: .latency(),
      target: .units),
    claims: [
      Claim(
        "without three of six layers 0.58 of the bytes are left", paper: "common claim",
        published: "60 → 35 MB: 0.58", metric: "bytes_compacted",
        of: ["target_sparsity=0.5"], expected: .below(154e6)),
      Claim(
        "without three of six layers one sequence takes half of the time", paper: "common claim",
        published: "no number", metric: "latency_compacted_share", of: ["target_sparsity=0.5"],
        expected: .within(0.45...0.6)),
    ]
  ) {
    Axis(\.sparsity, [1.0 / 3, 0.5])
    Axis(\.seed, 0..<3)
  }
}

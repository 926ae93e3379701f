import Coppice

extension Experiment {
  /// A claim that is made of MobileNetV2: 40 % of the parameters go in channels, and what was 14 MB and 150 ms is 8.4 MB and 85 ms. Sizes
  /// and times need no training: weights are random, and what is left is cut out and measured.
  ///
  /// Protocol: MobileNetV2 on one picture of 3×224×224 and on 64, on all cores of the machine; channels by mean magnitude, ranked within
  /// families, until 20, 40 or 60 % of the parameters are gone.
  ///
  /// Expected: 8.4 MB within 0.3, and time at 0.57 or less, as 85 of 150 ms are. Falsified where
  /// more is left.
  public static let sizesMobileNetV2 = Experiment(
    "sizes-mobilenet-v2", question: "What do 40 % of the parameters of MobileNetV2 save in bytes and time?",
    base: Trial(
      model: .mobileNetV2(), dataset: .gratings, batchSize: 8, training: .iterations(0),
      evaluation: .share(1),
      granularity: .channel(coupling: Coupling(ranked: true)), retraining: .none, compaction: .afterPruning,
      measurement: .latency(), target: .parameters),
    claims: [
      Claim(
        "40 % of the parameters are 40 % of the bytes", paper: "common claim",
        published: "14 → 8.4 MB", metric: "bytes_compacted",
        of: ["target_sparsity=0.4"], expected: .within(8.1e6...8.7e6)),
      Claim(
        "40 % of the parameters are more than 40 % of the time for one picture", paper: "common claim",
        published: "150 → 85 ms: 0.57", metric: "latency_compacted_share",
        of: ["target_sparsity=0.4"], expected: .below(0.57)),
    ]
  ) {
    Axis(\.sparsity, [0.2, 0.4, 0.6])
    Axis(\.seed, 0..<3)
  }
}

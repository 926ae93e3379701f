import Coppice

extension Experiment {
  /// A claim that is made of ResNet-50: 30 % of the filters go, and what was 102 MB and 22 ms is 45 MB and 9 ms. Sizes and times need no
  /// training: weights are random, as many channels go of every family, and what is left is cut out and measured.
  ///
  /// Protocol: ResNet-50 on one picture of 3×224×224 and on 64, on all cores of the machine; channels by mean magnitude, ranked within
  /// families; 10, 30 and 50 % of them go. Ratios are ours, since the machine is.
  ///
  /// Expected: 45 MB or less where 30 % go, and time at 0.41 or less, as 9 of 22 ms
  /// are. Filters that go on both sides of a convolution remove about half of its work: 0.7² = 0.49. Falsified where more is left.
  public static let sizesResnet50 = Experiment(
    "sizes-resnet-50", question: "What do 30 % of the filters of ResNet-50 save in bytes and time?",
    base: Trial(
      model: .resnet50(), dataset: .gratings, batchSize: 8, training: .iterations(0), evaluation: .share(1),
      granularity: .channel(coupling: Coupling(ranked: true)), retraining: .none, compaction: .afterPruning,
      measurement: .latency(), target: .units),
    claims: [
      Claim(
        "30 % of the filters are more than half of the bytes", paper: "common claim",
        published: "102 → 45 MB", metric: "bytes_compacted",
        of: ["target_sparsity=0.3"], expected: .below(45e6)),
      Claim(
        "30 % of the filters are more than half of the time for one picture", paper: "common claim",
        published: "22 → 9 ms: 0.41", metric: "latency_compacted_share",
        of: ["target_sparsity=0.3"], expected: .below(0.41)),
      Claim(
        "30 % of the filters are about half of the work", paper: "0.7² = 0.49",
        published: "filters go on both sides of a convolution", metric: "flops_compacted", measure: .share,
        of: ["target_sparsity=0.3"], expected: .within(0.45...0.55)),
    ]
  ) {
    Axis(\.sparsity, [0.1, 0.3, 0.5])
    Axis(\.seed, 0..<3)
  }
}

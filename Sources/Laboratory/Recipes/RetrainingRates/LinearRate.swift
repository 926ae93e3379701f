import CoppiceTerms

extension RetrainingRate {
  /// From the highest rate η of the dense training down to nothing in equal steps: η · (1 − t/n) in step t of n.
  ///
  /// M. Li, E. Yumer, D. Ramanan, "Budgeted training: rethinking deep neural network training under resource constraints", ICLR
  /// 2020; as a retraining M. Zimmer, C. Spiegel, S. Pokutta, "How I learned to stop worrying and love retraining", ICLR 2023 (linear
  /// learning-rate restarting).
  public static let linear = RetrainingRate("linear", version: 1) { moment in
    moment.highest * moment.rest
  }
}

extension Shipped<RetrainingRate> {
  static let linear = Shipped(
    .linear, "from the highest rate of the dense training down to nothing in equal steps",
    paper: "Li et al. 2020")
}

extension RetrainingMoment {
  /// The share of the retraining that is left, from 1 down: 1 − t/n.
  var rest: Double { 1 - Double(step) / Double(max(1, total)) }
}

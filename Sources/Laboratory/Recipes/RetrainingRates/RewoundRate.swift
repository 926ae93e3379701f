import CoppiceTerms

extension RetrainingRate {
  /// The whole course of the dense training, laid out over the retraining: step t of n has the rate of step ⌊t · T / n⌋ of T.
  ///
  /// D. Le, B.-S. Hua, "Network pruning that matters: a case study on retraining variants", ICLR 2021 (scaled learning-rate
  /// restarting). The paper adds a warm-up; here there is one where the dense training has one. With n = T it is learning-rate
  /// rewinding to step 0 (A. Renda et al., ICLR 2020).
  public static let rewound = RetrainingRate("rewound", version: 1) { moment in
    let place = Double(moment.step) * Double(moment.denseTotal) / Double(max(1, moment.total))
    return moment.denseRate(min(moment.denseTotal - 1, Int(place)))
  }
}

extension Shipped<RetrainingRate> {
  static let rewound = Shipped(
    .rewound, "the whole course of the dense training, laid out over the retraining",
    paper: "Le and Hua 2021")
}

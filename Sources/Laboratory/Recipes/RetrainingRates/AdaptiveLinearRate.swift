import CoppiceTerms

extension RetrainingRate {
  /// `linear` from a lower beginning, where little was pruned and little is trained: d · η · (1 − t/n) with d = max(c, n/T), c being how
  /// far pruning has moved the weights (`RetrainingMoment.change`), but at most 1.
  ///
  /// M. Zimmer, C. Spiegel, S. Pokutta, "How I learned to stop worrying and love retraining", ICLR 2023 (adaptive linear learning-rate
  /// restarting).
  public static let adaptiveLinear = RetrainingRate("adaptive-linear", version: 1, takesChange: true) {
    moment in
    let share = Double(moment.total) / Double(max(1, moment.denseTotal))
    return min(1, max(moment.change, share)) * moment.highest * moment.rest
  }
}

extension Shipped<RetrainingRate> {
  static let adaptiveLinear = Shipped(
    .adaptiveLinear, "linear from a beginning that the change by pruning and the length put lower",
    paper: "Zimmer et al. 2023")
}

import CoppiceTerms

extension Calibration {
  /// From the 1 − share quantile of the inputs to their share quantile, and as far as 0 where that lies outside: a few that are far out
  /// do not make the steps between all others wide. Quantiles are those of a histogram of 2048 bins, to the outer end of a bin.
  ///
  /// - Parameter share: 0.5 < share ≤ 1; with 1 it is the range of all inputs.
  public static func percentile(_ share: Double = 0.999, batches: Int = 10) -> Calibration {
    Calibration(
      "percentile", version: 1, fields: [("share", .number(share))], batches: batches, takesHistogram: true
    ) { spread in
      let total = spread.counts.reduce(0) { $0 + Double($1) }
      /// The bins at one end that have no more than a share of 1 − `share` of all inputs.
      func bins(from counts: some Sequence<Float>) -> Int {
        var (sum, bins) = (0.0, 0)
        for count in counts {
          sum += Double(count)
          if sum > (1 - share) * total { break }
          bins += 1
        }
        return bins
      }
      let low = Float(Double(bins(from: spread.counts)) * spread.step)
      let high = Float(Double(bins(from: spread.counts.reversed())) * spread.step)
      return (max(0, spread.below - low), max(0, spread.above - high))
    }
  }
}

extension Shipped<Calibration> {
  static let percentile = Shipped(
    .percentile(), "a share of the inputs at either end is left outside the range"
  ) { fields in
    let share = try fields.number("share", in: 0.5...1, default: 0.999)
    return .percentile(share, batches: try fields.integer("batches", in: Repair.possibleBatches, default: 10))
  }
}

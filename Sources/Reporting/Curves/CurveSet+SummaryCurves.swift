import CoppiceStore

extension CurveSet {
  /// The curves as a summary file keeps them for viewers: means (or what else stands for the seeds) and half-widths of the
  /// 95 % confidence interval over the densities of all curves, from dense to sparse; NaN where a curve has no point, or no
  /// interval.
  package func summaryCurves(of metric: String = "test_accuracy") throws(ReportingError) -> SummaryCurves {
    try requireNumeric(metric)
    let shown = Metrics.column(metric)
    let hasBand = Band.ci95.isDefined(for: shown.aggregation)
    let densities = Set(curves.flatMap(\.cells).map(\.density)).sorted(by: >)
    let seeds = curves.flatMap(\.cells).map(\.expectedSeeds).max() ?? 0
    let band = "half-width, 95 % CI, Student t, n = \(seeds)"
    let drawn = curves.map { curve in
      let samples = densities.map { density in
        curve.cells.first { $0.density == density }?.sample(metric) ?? SampleStatistics([])
      }
      return SummaryCurves.Curve(
        label: curve.label, mean: samples.map { $0.value(shown.aggregation) ?? .nan },
        halfWidth: samples.map { hasBand ? $0.confidenceHalfWidth ?? .nan : .nan }, band: band)
    }
    return SummaryCurves(
      measure: metric,
      title: "\(shown.quantity.label) against remaining weights "
        + "(\(shown.aggregation.rawValue)\(hasBand ? ", 95 % CI" : ""), n = \(seeds) seeds)"
        + (otherData.map { ", \($0)" } ?? ""),
      density: densities, curves: drawn)
  }
}

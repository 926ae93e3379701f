import CoppiceStore

extension CurveSet {
  /// The curves as a summary file keeps them for viewers: means and half-widths of the 95 % confidence interval over
  /// the densities of all curves, from dense to sparse; NaN where a curve has no point, or no interval.
  package func summaryCurves(of metric: String = "test_accuracy") throws(ReportingError) -> SummaryCurves {
    try requireNumeric(metric)
    let densities = Set(curves.flatMap(\.cells).map(\.density)).sorted(by: >)
    let seeds = curves.flatMap(\.cells).map(\.expectedSeeds).max() ?? 0
    let band = "half-width, 95 % CI, Student t, n = \(seeds)"
    let shown = curves.map { curve in
      let samples = densities.map { density in
        curve.cells.first { $0.density == density }?.sample(metric) ?? SampleStatistics([])
      }
      return SummaryCurves.Curve(
        label: curve.label, mean: samples.map { $0.mean ?? .nan },
        halfWidth: samples.map { $0.confidenceHalfWidth ?? .nan }, band: band)
    }
    return SummaryCurves(
      measure: metric,
      title: "\(Metric.named(metric).label) against remaining weights (mean, 95 % CI, n = \(seeds) seeds)",
      density: densities, curves: shown)
  }
}

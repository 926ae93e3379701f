import CoppiceStore

/// One form of a network at one batch as the columns of the index name it: its latency, and what it is to be compared with.
struct TimedForm: Sendable {
  let form: LatencyRecord.Form
  let batch: Int
  /// Milliseconds of a call.
  let latency: Metric
  /// The same of the dense form.
  let dense: Metric
  /// What it computes and holds.
  let flops: Metric
  let parameters: Metric

  /// Every form at every batch.
  static let all: [TimedForm] = [
    TimedForm(
      form: .dense, batch: 1, latency: .latencyDense, dense: .latencyDense, flops: .flops,
      parameters: .parameters),
    TimedForm(
      form: .dense, batch: 64, latency: .latency64Dense, dense: .latency64Dense, flops: .flops,
      parameters: .parameters),
    TimedForm(
      form: .sparse, batch: 1, latency: .latencySparse, dense: .latencyDense, flops: .flopsNonzero,
      parameters: .parametersNonzero),
    TimedForm(
      form: .sparse, batch: 64, latency: .latency64Sparse, dense: .latency64Dense, flops: .flopsNonzero,
      parameters: .parametersNonzero),
    TimedForm(
      form: .compacted, batch: 1, latency: .latencyCompacted, dense: .latencyDense, flops: .flopsCompacted,
      parameters: .parametersCompacted),
    TimedForm(
      form: .compacted, batch: 64, latency: .latency64Compacted, dense: .latency64Dense,
      flops: .flopsCompacted, parameters: .parametersCompacted),
  ]

  /// The latency in a row; `nil` where it was not measured, or where the form is no other than the dense one.
  func latency(_ row: IndexRow) -> Double? {
    let (own, dense) = (row[metric: latency], row[metric: dense])
    guard own.isFinite, form == .dense || own != dense else { return nil }
    return own
  }

  /// How many times faster than the dense form it is; 1 where it is no other; `nil` where it was not measured.
  func speedUp(_ row: IndexRow) -> Double? {
    let ratio = row[metric: dense] / row[metric: latency]
    return ratio.isFinite ? ratio : nil
  }
}

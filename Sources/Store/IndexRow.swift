/// One row of a summary's index: what one trial gave after one round, and under which conditions.
///
/// The conditions are properties, the results metrics: `row[metric: .testAccuracy]`. Sparsities and densities are fractions
/// 0…1. A number that was not measured is NaN, a step that does not exist `nil` (both −1 in a column of whole numbers).
package struct IndexRow: Hashable, Sendable {
  /// The trial's name, that of its file.
  package var trial: String
  package var status = TrialStatus.completed
  /// Whether this is the trial's last round.
  package var isFinal = false

  package var model = ""
  package var dataset = ""
  package var criterion = ""
  package var granularity = ""
  package var allocation = ""
  package var schedule = ""
  /// What moves masks inside a training: `none` for masks that hold still.
  package var dynamics = "none"
  package var retraining = ""
  /// The step that weights go back to, where the retraining rewinds.
  package var rewindStep: Int?
  package var control = ""

  /// The sparsity the trial ends at.
  package var targetSparsity = Double.nan
  /// The sparsity asked for in this round.
  package var requestedSparsity = Double.nan
  /// The sparsity achieved.
  package var sparsity = Double.nan
  /// 1 − sparsity.
  package var density = Double.nan
  package var seed: Int
  /// The number of prunings so far.
  package var round: Int

  /// Whether every round of the trial is a result, so that one trial draws a whole curve.
  package var isLadder = false
  /// Which stop rule ended the trial, and where; empty for a trial that went its whole way.
  package var stoppedBy = ""
  /// The processor that latencies were measured on, and the variant of its kernels; empty where none were.
  package var processor = ""
  package var kernels = ""

  /// The settings that the sweep varies, with their values in this trial.
  package var settings: [SweptSetting] = []

  /// The values of metrics.
  var results = MetricValues()

  /// Sparsities that differ by less are told as one: what is left over is rounding.
  package static let toldDifference = 1e-3

  /// A row without results.
  package init(trial: String, seed: Int, round: Int) {
    (self.trial, self.seed, self.round) = (trial, seed, round)
  }

  /// The value of a metric; NaN where it was not measured.
  package subscript(metric metric: Metric) -> Double {
    get {
      if case .column = metric.measurement { return self[column: metric.name]?.number ?? .nan }
      return results[metric.name]
    }
    set { results[metric.name] = newValue }
  }

  /// The name and value of a setting that the sweep varies.
  package struct SweptSetting: Hashable, Sendable {
    package let name: String
    package let value: ColumnValue
    /// The name of its column.
    let columnName: String

    /// The setting `name` at `value`.
    package init(_ name: String, _ value: ColumnValue) {
      self.init(name, value, columnName: Self.columnName(name))
    }

    /// The same where the name of the column is known, as for many rows.
    init(_ name: String, _ value: ColumnValue, columnName: String) {
      (self.name, self.value, self.columnName) = (name, value, columnName)
    }
  }
}

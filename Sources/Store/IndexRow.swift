/// One row of a summary's index: what one trial gave after one round, and under which conditions.
///
/// Sparsities, densities and accuracies are fractions 0…1; FLOPs are 2 × multiply-adds; times are seconds. A
/// number that was not measured is NaN, a step that does not exist `nil` (−1 in the file).
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

  package var parameters = 0
  package var parametersNonzero = 0
  /// FLOPs of one example's forward pass, dense and with zeros skipped.
  package var flops = 0
  package var flopsNonzero = 0
  /// FLOPs of all training up to here.
  package var trainingFlops = 0
  package var trainLoss = Double.nan
  package var validationLoss = Double.nan
  package var validationAccuracy = Double.nan
  package var testLoss = Double.nan
  package var testAccuracy = Double.nan
  /// The step of the lowest validation loss in this round, and the test accuracy there.
  package var earlyStopStep: Int?
  package var earlyStopTestAccuracy = Double.nan
  package var wallTime = Double.nan

  /// The settings that the sweep varies, with their values in this trial.
  package var settings: [Setting] = []

  /// A row without results.
  package init(trial: String, seed: Int, round: Int) {
    (self.trial, self.seed, self.round) = (trial, seed, round)
  }

  /// A setting's name and value.
  package struct Setting: Hashable, Sendable {
    package let name: String
    package let value: ColumnValue

    /// The setting `name` at `value`.
    package init(_ name: String, _ value: ColumnValue) { (self.name, self.value) = (name, value) }
  }
}

/// A value in a column.
package enum ColumnValue: Hashable, Sendable, CustomStringConvertible {
  case text(String)
  case integer(Int)
  case number(Double)

  /// The value as a Double, where it is a number.
  package var number: Double? {
    switch self {
    case .text: nil
    case .integer(let value): Double(value)
    case .number(let value): value
    }
  }

  package var description: String {
    switch self {
    case .text(let value): value
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    }
  }

  /// Equality that takes 1 and 1.0 for the same.
  func agrees(with other: ColumnValue) -> Bool {
    if let number, let theirs = other.number { return number == theirs }
    return self == other
  }
}

import CoppiceTensors

/// A number by which networks are compared: its name and unit, where it is measured and how, and how a table makes one value
/// of those of several seeds. Evaluation, index, cube, tables and figures are made from this one value.
///
/// ```swift
/// extension Metric {
///   /// The mean loss over the test set.
///   package static let testLoss = Metric(
///     Quantity("test_loss", "test loss"), isLowerBetter: true, .evaluation(.test) { $0.loss })
/// }
/// ```
package struct Metric: Sendable {
  /// A part of a data set.
  package enum Part: Hashable, Sendable { case train, validation, test }

  /// Where and how it is measured.
  package enum Measurement: Sendable {
    /// At every evaluation of this part, from what the network predicts for it. The training data are evaluated at the end of
    /// a round only.
    case evaluation(Part, @Sendable (Tally) -> Double)
    /// At the end of a round, from everything that is known of it. NaN where it is not known.
    case round(@Sendable (RoundFacts) -> Double)
    /// Not at all: a column of the index that is a condition, as the sparsity or a swept setting.
    case column
  }

  /// What stands for the values of several seeds.
  package enum Aggregation: String, Hashable, Sendable, CaseIterable { case mean, median, minimum, maximum }

  package let quantity: Quantity
  package let isLowerBetter: Bool
  package let aggregation: Aggregation
  package let measurement: Measurement

  /// A metric.
  package init(
    _ quantity: Quantity, isLowerBetter: Bool, aggregation: Aggregation = .mean, _ measurement: Measurement
  ) {
    self.quantity = quantity
    self.isLowerBetter = isLowerBetter
    self.aggregation = aggregation
    self.measurement = measurement
  }

  /// The column in the index and the name in evaluations.
  package var name: String { quantity.name }

  /// The part of the data it is measured on at every evaluation; `nil` where it is not.
  package var part: Part? { if case .evaluation(let part, _) = measurement { part } else { nil } }
}

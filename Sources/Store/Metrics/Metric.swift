import CoppiceTensors

/// A number by which networks are compared: its name and unit, where it is measured and how, and how a table makes one value
/// of those of several seeds. Evaluation, index, cube, tables and figures are made from this one value.
///
/// ```swift
/// extension Metric {
///   /// The fraction of the test set that is predicted wrong.
///   static let testError = Metric(
///     Quantity("test_error", "test error", unit: .fraction), isLowerBetter: true, on: .test) { 1 - $0.accuracy }
/// }
/// ```
public struct Metric: Sendable {
  /// A part of a data set.
  public enum Part: Hashable, Sendable {
    /// What is trained on; evaluated at the end of a round only.
    case train
    /// What is selected on.
    case validation
    /// What is reported.
    case test
  }

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
  public enum Aggregation: String, Hashable, Sendable, CaseIterable {
    /// Their mean.
    case mean
    /// Their median.
    case median
    /// The least of them.
    case minimum
    /// The greatest of them.
    case maximum
  }

  /// Its name, unit and form.
  public let quantity: Quantity
  /// Whether lower values are better.
  public let isLowerBetter: Bool
  /// What stands for the values of several seeds.
  public let aggregation: Aggregation
  /// Raised whenever its values change; `nil` for a metric still being written, and for those that ship.
  package let version: Int?
  package let measurement: Measurement

  /// A metric of one's own, taken at every evaluation of a part of the data. What was trained before there was the metric has no
  /// value of it.
  ///
  /// - Parameters:
  ///   - quantity: its name, which is a column of the index, its unit and its form.
  ///   - isLowerBetter: whether lower values are better.
  ///   - aggregation: what stands for the values of several seeds.
  ///   - part: the part of the data it is measured on.
  ///   - version: raise it whenever values change, so that what a stop rule ended by it is run again; `nil` while it is being
  ///     written. Values that are stored already stay as they are, until `run --fresh`.
  ///   - measure: the value, from what the network predicts; NaN where there is none.
  public init(
    _ quantity: Quantity, isLowerBetter: Bool, aggregation: Aggregation = .mean, on part: Part,
    version: Int? = nil, measure: @escaping @Sendable (Tally) -> Double
  ) {
    self.init(
      quantity, isLowerBetter: isLowerBetter, aggregation: aggregation, version: version,
      .evaluation(part, measure))
  }

  /// A metric.
  package init(
    _ quantity: Quantity, isLowerBetter: Bool, aggregation: Aggregation = .mean, version: Int? = nil,
    _ measurement: Measurement
  ) {
    self.version = version
    self.quantity = quantity
    self.isLowerBetter = isLowerBetter
    self.aggregation = aggregation
    self.measurement = measurement
  }

  /// The column in the index and the name in evaluations.
  public var name: String { quantity.name }

  /// The part of the data it is measured on at every evaluation; `nil` where it is not.
  package var part: Part? { if case .evaluation(let part, _) = measurement { part } else { nil } }
}

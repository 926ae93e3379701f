/// How a column of the index is called and printed.
package struct Metric: Sendable, Equatable {
  /// The column.
  package let name: String
  /// What people call it, without the unit: `test accuracy`.
  package let title: String
  /// The unit as a heading shows it, nil for none: `%`, `s`.
  package let unit: String?
  package let format: Table.Format
  /// The values it can take; nil for any.
  package let bounds: ClosedRange<Double>?

  private init(_ name: String, _ title: String, unit: String? = nil, _ format: Table.Format) {
    self.name = name
    self.title = title
    self.unit = unit
    self.format = format
    bounds = unit == "%" ? 0...1 : nil
  }

  /// Title and unit: `test accuracy (%)`.
  package var heading: String { title + (unit.map { " (\($0))" } ?? "") }

  /// The heading with a capital, as an axis has it.
  package var label: String { heading.prefix(1).uppercased() + heading.dropFirst() }

  /// The metric of a column; what is not among the known ones is called by its column's name.
  package static func named(_ column: String) -> Metric {
    known.first { $0.name == column }
      ?? Metric(column, column.replacing("_", with: " "), .decimal(4))
  }

  private static let known = [
    Metric("test_accuracy", "test accuracy", unit: "%", .percent(2)),
    Metric("validation_accuracy", "validation accuracy", unit: "%", .percent(2)),
    Metric("train_accuracy", "training accuracy", unit: "%", .percent(2)),
    Metric("early_stop_test_accuracy", "test accuracy at early stop", unit: "%", .percent(2)),
    Metric("sparsity", "sparsity", unit: "%", .percent(2)),
    Metric("density", "weights remaining", unit: "%", .percent(2)),
    Metric("test_loss", "test loss", .decimal(4)),
    Metric("validation_loss", "validation loss", .decimal(4)),
    Metric("train_loss", "training loss", .decimal(4)),
    Metric("early_stop_step", "early-stop iteration", .integer),
    Metric("wall_time", "wall time", unit: "s", .decimal(1)),
    Metric("parameters", "parameters", .integer),
    Metric("parameters_nonzero", "non-zero parameters", .integer),
    Metric("flops", "FLOPs", .integer),
    Metric("flops_nonzero", "FLOPs of non-zero weights", .integer),
    Metric("training_flops", "training FLOPs", .integer),
  ]
}

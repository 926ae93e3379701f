import CoppiceStore

/// An index row read by column name.
extension IndexRow {
  /// The column as text, numbers in their shortest form; `none` where there is no value.
  func text(_ column: String) -> String { Self.text(self[column: column]) }

  /// A value as text, numbers in their shortest form; `none` where there is none.
  static func text(_ value: ColumnValue?) -> String {
    switch value {
    case .text(let text): text.isEmpty ? "none" : text
    case .integer(let integer): "\(integer)"
    case .number(let number): number.isFinite ? NumberText.exact(number) : "none"
    case nil: "none"
    }
  }

  /// The column as a finite number; nil where there is no value, or text.
  func number(_ column: String) -> Double? {
    guard let number = self[column: column]?.number, number.isFinite else { return nil }
    return number
  }

  /// Whether this row is what the trial was asked for. That of a trial which is still running, which collapsed, or which a
  /// stop rule ended on its way is not: its network has another sparsity.
  var reachesTarget: Bool {
    if isFinal, status == .completed, stoppedBy.isEmpty { return true }
    return abs(requestedSparsity - targetSparsity) < 1e-9
  }
}

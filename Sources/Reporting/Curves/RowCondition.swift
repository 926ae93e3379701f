import CoppiceStore

/// A condition that rows of an index must meet to be shown: `criterion=magnitude,random`, `target_sparsity>=0.8`.
package struct RowCondition: Sendable, Equatable {
  private enum Comparison: String, CaseIterable {
    // Longer signs come first: `<=` begins with `<`.
    case atMost = "<=", atLeast = ">=", unequal = "!=", equal = "=", below = "<", above = ">"
  }

  /// A column of the index, or a swept setting.
  package let column: String
  private let comparison: Comparison
  /// What the column is compared with: one of them for `=`, none of them for `!=`, a single number for the others.
  private let values: [String]

  /// Reads a condition.
  package init(parsing text: String) throws(ReportingError) {
    let found = Comparison.allCases.compactMap { comparison in
      text.range(of: comparison.rawValue).map { (comparison: comparison, range: $0) }
    }
    // The sign that begins first is meant; of two that begin there the longer.
    guard let (comparison, range) = found.min(by: { $0.range.lowerBound < $1.range.lowerBound }) else {
      throw .unreadableCondition(text)
    }
    column = String(text[..<range.lowerBound])
    self.comparison = comparison
    values = Self.parts(of: text[range.upperBound...])
    let isOrdered = ![.equal, .unequal].contains(comparison)
    guard !column.isEmpty, !values.isEmpty, !isOrdered || values.count == 1 && Double(values[0]) != nil else {
      throw .unreadableCondition(text)
    }
  }

  /// What commas part; those inside brackets belong to a value, as the steps of a recipe.
  private static func parts(of text: Substring) -> [String] {
    var (parts, depth) = ([""], 0)
    for character in text {
      if "([".contains(character) { depth += 1 }
      if ")]".contains(character) { depth -= 1 }
      if character == ",", depth <= 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
    }
    return parts.filter { !$0.isEmpty }
  }

  /// Whether a row meets the condition.
  func isMet(by row: IndexRow) -> Bool { isMet(by: row[column: column]) }

  /// Whether the value of the column meets the condition.
  func isMet(by found: ColumnValue?) -> Bool {
    switch comparison {
    case .equal: values.contains { Self.isEqual(found, $0) }
    case .unequal: !values.contains { Self.isEqual(found, $0) }
    case .below: compared(found) { $0 < $1 }
    case .above: compared(found) { $0 > $1 }
    case .atMost: compared(found) { $0 <= $1 }
    case .atLeast: compared(found) { $0 >= $1 }
    }
  }

  private func compared(_ found: ColumnValue?, _ isMet: (Double, Double) -> Bool) -> Bool {
    guard let number = found?.number, number.isFinite, let value = Double(values[0]) else { return false }
    return isMet(number, value)
  }

  /// Numbers are equal to one part in ten thousand: a sparsity that was reached is asked for by what was aimed at.
  private static func isEqual(_ found: ColumnValue?, _ text: String) -> Bool {
    guard let number = found?.number, number.isFinite, let value = Double(text) else {
      return IndexRow.text(found) == text
    }
    return abs(number - value) <= 1e-4 * max(abs(number), abs(value))
  }
}

extension RowCondition {
  /// Columns that say how a network is pruned: dense networks, with which others are compared, are not asked for them.
  static let ofPruning: Set = [
    "criterion", "granularity", "allocation", "schedule", "dynamics", "control", "retraining", "rewind_step",
    "target_sparsity", "requested_sparsity", "sparsity", "density", "round", "ladder", "trial", "tags",
    "note",
  ]

  /// The rows that meet all conditions. Dense trials stay, unless a condition speaks of what they share with others, as the
  /// model or the learning rate.
  package static func rows(_ rows: [IndexRow], meeting conditions: [RowCondition]) throws(ReportingError)
    -> [IndexRow]
  {
    try RowFilter.curveRows(rows, meeting: conditions.map { RowFilter($0) })
  }
}

import CoppiceTensors

/// A column in which two rows of an index differ.
package struct RowDifference: Hashable, Sendable {
  /// The name of the column.
  package let column: String
  /// The value in each of them; `nil` for a whole number that does not exist.
  package let one: ColumnValue?
  package let other: ColumnValue?
}

extension IndexRow {
  /// The fixed columns in which this row differs from another, to the bit; not-a-number equals itself. The names of trials are left
  /// out, and so is what tells of the machine: times, energy, and what a library packs.
  ///
  /// - Parameter isLenient: whether a number counts as equal where one side was not measured: rows of before there was the metric.
  package func differences(from other: IndexRow, isLenient: Bool = false) -> [RowDifference] {
    IndexColumn.all.compactMap { column in
      guard column.name != "trial", !Self.isOfMachine(column.name) else { return nil }
      let (mine, theirs) = (column.value(in: self), column.value(in: other))
      if Self.isSame(mine, theirs) || (isLenient && (Self.isMissing(mine) || Self.isMissing(theirs))) {
        return nil
      }
      return RowDifference(column: column.name, one: mine, other: theirs)
    }
  }

  /// Whether a column depends on the machine a trial was run on, so that it stands outside bit comparison.
  package static func isOfMachine(_ column: String) -> Bool {
    ["wall_time", "processor", "kernels", Metric.bytesCompressed.name].contains(column)
      || ["latency", "throughput", "energy", "not_faster"].contains { column.hasPrefix($0) }
  }

  private static func isSame(_ one: ColumnValue?, _ other: ColumnValue?) -> Bool {
    if case .number(let one)? = one, case .number(let other)? = other {
      return one.bitPattern == other.bitPattern || (one.isNaN && other.isNaN)
    }
    return one == other
  }

  private static func isMissing(_ value: ColumnValue?) -> Bool {
    switch value {
    case nil: true
    case .number(let number)?: number.isNaN
    case .integer, .text: false
    }
  }
}

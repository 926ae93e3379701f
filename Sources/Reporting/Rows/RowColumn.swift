import CoppiceStore

/// A column that rows have beside those of the index, as what people noted of a trial.
package struct RowColumn: Sendable {
  package let name: String
  package let value: @Sendable (IndexRow) -> ColumnValue?

  /// A column of this name.
  package init(_ name: String, _ value: @escaping @Sendable (IndexRow) -> ColumnValue?) {
    (self.name, self.value) = (name, value)
  }

  /// A column of the index, or a swept setting.
  package init(ofIndex name: String) {
    let reader = IndexColumnReader(name)
    self.init(name) { reader.value(in: $0) }
  }
}

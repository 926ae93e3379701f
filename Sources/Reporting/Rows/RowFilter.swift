import CoppiceStore

/// Which rows of an index are shown: a condition in its short form, `criterion=magnitude,random`, or an expression,
/// `criterion == "snip" && sparsity > 0.9`.
package struct RowFilter: Sendable, Equatable {
  private enum Form: Sendable, Equatable {
    case condition(RowCondition)
    case expression(RowExpression)
  }

  private let text: String
  private let form: Form

  /// Reads either form. The short one begins with a column and a sign without a space between, and holds neither `&&` nor `||`,
  /// and no text in quotes.
  package init(parsing text: String) throws(ReportingError) {
    self.text = text
    let isShort =
      text.wholeMatch(of: #/(?s)[A-Za-z_][A-Za-z0-9_.-]*(<=|>=|!=|=|<|>)(?![=\s"']).*/#) != nil
      && !text.contains("&&") && !text.contains("||")
    if isShort || !Self.hasSign(of: text) {
      form = .condition(try RowCondition(parsing: text))
    } else {
      form = .expression(try RowExpression(parsing: text))
    }
  }

  /// Whether a text has anything that expressions are made of: else it is told as a condition that cannot be read.
  private static func hasSign(of text: String) -> Bool {
    text.contains { "=<>!&|()[]\"'~ ".contains($0) } || text.wholeMatch(of: #/[A-Za-z_][A-Za-z0-9_]*/#) != nil
  }

  private init(text: String, form: Form) { (self.text, self.form) = (text, form) }

  /// A condition as a filter.
  package init(_ condition: RowCondition) { self.init(text: "", form: .condition(condition)) }

  /// An expression as a filter.
  package init(_ expression: RowExpression) { self.init(text: "", form: .expression(expression)) }

  /// The columns it speaks of.
  var columns: [String] {
    switch form {
    case .condition(let condition): [condition.column]
    case .expression(let expression): expression.columns.map(\.name)
    }
  }

  /// Whether it speaks of any of some columns.
  package func speaks(of names: Set<String>) -> Bool { columns.contains(where: names.contains) }

  /// The filter with its columns found.
  ///
  /// - Parameter further: columns that rows have beside those of the index.
  /// - Throws: `ReportingError` for a column there is not.
  fileprivate func tests(
    _ rows: [IndexRow], beside further: [RowColumn]
  ) throws(ReportingError) -> (isMet: (IndexRow) -> Bool, isMetAsFarAsAsked: (IndexRow) -> Bool) {
    switch form {
    case .condition(let condition):
      let reader = further.first { $0.name == condition.column }
      let known = IndexRow.columnNames(of: rows) + rows.lazy.flatMap(\.settings).map(\.name)
      guard reader != nil || known.contains(condition.column) else {
        throw .unknownColumn(condition.column, known: IndexRow.columnNames(of: rows) + further.map(\.name))
      }
      let isOfPruning = RowCondition.ofPruning.contains(condition.column)
      let column = reader ?? RowColumn(ofIndex: condition.column)
      let isMet = { (row: IndexRow) in condition.isMet(by: column.value(row)) }
      return (isMet, { isOfPruning && $0.isDense || isMet($0) })
    case .expression(let expression):
      let bound: RowExpression.Bound
      do { bound = try expression.bound(to: rows, beside: further) } catch {
        guard case .unreadableExpression(nil, let place, let reason) = error else { throw error }
        throw .unreadableExpression(text, place: place, reason: reason)
      }
      return (bound.isMet, bound.isMetAsFarAsAsked)
    }
  }

  /// The rows that meet all filters, every one of them asked everything.
  package static func rows(
    _ rows: [IndexRow], meeting filters: [RowFilter], beside further: [RowColumn] = []
  ) throws(ReportingError) -> [IndexRow] {
    var rows = rows
    for filter in filters {
      let isMet = try filter.tests(rows, beside: further).isMet
      rows = rows.filter(isMet)
    }
    return rows
  }

  /// The rows of what an analysis found that meet all filters, in the forms in which rows of an index do.
  /// - Throws: `ReportingError` for a column there is not, and where no row is left.
  package static func rows(
    of table: NamedTable, meeting filters: [RowFilter]
  ) throws(ReportingError) -> NamedTable {
    let rows = table.indexRows
    let names = table.columns.map(\.name)
    var places = Array(rows.indices)
    for filter in filters {
      guard let unknown = filter.columns.first(where: { !names.contains($0) }) else {
        let isMet = try filter.tests(rows, beside: []).isMet
        places = places.filter { isMet(rows[$0]) }
        continue
      }
      throw .unknownColumn(unknown, known: names)
    }
    guard !places.isEmpty else { throw .noRowsMeeting(filters.map(\.text)) }
    return table.keeping(places)
  }

  /// The rows that meet all filters, and the dense networks that they are compared with: these are not asked how they are pruned.
  ///
  /// - Throws: `ReportingError` for a column there is not, and where no pruned network is left.
  package static func curveRows(
    _ rows: [IndexRow], meeting filters: [RowFilter], beside further: [RowColumn] = []
  ) throws(ReportingError) -> [IndexRow] {
    if filters.isEmpty { return rows }
    var kept = rows
    for filter in filters {
      let isMet = try filter.tests(rows, beside: further).isMetAsFarAsAsked
      kept = kept.filter(isMet)
    }
    guard kept.contains(where: { !$0.isDense }) || !rows.contains(where: { !$0.isDense }) else {
      throw .noRowsLeft
    }
    return kept
  }
}

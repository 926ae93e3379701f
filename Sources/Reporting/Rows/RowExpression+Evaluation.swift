import CoppiceStore
import CoppiceTerms

extension RowExpression {
  /// An expression whose columns were found among those of some rows.
  package struct Bound: Sendable {
    fileprivate typealias Test = @Sendable (IndexRow, _ isLenient: Bool) -> Bool?
    private let test: Test

    fileprivate init(_ test: @escaping Test) { self.test = test }

    /// Whether a row meets it.
    package func isMet(by row: IndexRow) -> Bool { test(row, false) ?? false }

    /// Whether a row meets it as far as it may be asked: a dense network is not asked how it is pruned, and meets what depends on
    /// that alone.
    func isMetAsFarAsAsked(by row: IndexRow) -> Bool { test(row, row.isDense) ?? true }
  }

  /// The expression with its columns found.
  ///
  /// - Parameters:
  ///   - rows: those that are to be asked.
  ///   - further: columns that rows have beside those of the index.
  /// - Throws: `ReportingError.unreadableExpression` for a column there is not, with the nearest there is.
  package func bound(
    to rows: [IndexRow], beside further: [RowColumn] = []
  ) throws(ReportingError) -> Bound {
    let names = IndexRow.columnNames(of: rows)
    let settings = Set(rows.lazy.flatMap(\.settings).map(\.name))
    let known = Set(names + further.map(\.name)).union(settings)
    for (name, place) in columns where !known.contains(name) {
      let nearest = (names + further.map(\.name)).nearest(to: name).map { "; did you mean \"\($0)\"?" } ?? "."
      throw .unreadableExpression(
        nil, place: place + 1,
        reason: "there is no column \"\(name)\"\(nearest) A text stands in quotes, as \"\(name)\"")
    }
    for (name, place) in truths where !further.contains(where: { $0.name == name }) {
      if case .text? = rows.first?[column: name] {
        throw .unreadableExpression(
          nil, place: place + 1,
          reason: "\(name) holds texts, and is no condition alone: compare it, as \(name) == \"…\"")
      }
    }
    return Bound(test(further))
  }

  /// The columns that are conditions alone.
  private var truths: [(name: String, place: Int)] {
    switch self {
    case .any(let parts), .all(let parts): parts.flatMap(\.truths)
    case .not(let part): part.truths
    case .isTrue(.column(let name, let place)): [(name, place)]
    case .comparison, .isOne, .isWord, .isTrue, .constant: []
    }
  }

  private func test(_ further: [RowColumn]) -> Bound.Test {
    func value(_ operand: Operand) -> RowValue { RowValue(operand, further) }
    switch self {
    case .constant(let constant):
      return { _, _ in constant }
    case .any(let parts):
      let tests = parts.map { $0.test(further) }
      return { row, isLenient in
        var isOpen = false
        for test in tests {
          guard let answer = test(row, isLenient) else {
            isOpen = true
            continue
          }
          if answer { return true }
        }
        return isOpen ? nil : false
      }
    case .all(let parts):
      let tests = parts.map { $0.test(further) }
      return { row, isLenient in
        var isOpen = false
        for test in tests {
          guard let answer = test(row, isLenient) else {
            isOpen = true
            continue
          }
          if !answer { return false }
        }
        return isOpen ? nil : true
      }
    case .not(let part):
      let test = part.test(further)
      return { row, isLenient in test(row, isLenient).map { !$0 } }
    case .comparison(let one, let sign, let other):
      let (one, other) = (value(one), value(other))
      return { row, isLenient in
        if isLenient, one.isOfPruning || other.isOfPruning { return nil }
        return sign.holds(one.value(row), other.value(row))
      }
    case .isOne(let one, let others):
      let (one, others) = (value(one), others.map(value))
      return { row, isLenient in
        if isLenient, one.isOfPruning { return nil }
        let found = one.value(row)
        return others.contains { Sign.equal.holds(found, $0.value(row)) }
      }
    case .isWord(let one, let column):
      let (one, column) = (value(one), value(column))
      return { row, isLenient in
        if isLenient, column.isOfPruning { return nil }
        guard let word = one.value(row)?.description, case .text(let words)? = column.value(row) else {
          return false
        }
        return words.split(whereSeparator: { " ,".contains($0) }).contains { $0 == word }
      }
    case .isTrue(let operand):
      let operand = value(operand)
      return { row, isLenient in
        if isLenient, operand.isOfPruning { return nil }
        switch operand.value(row) {
        case .text(let text)?: return !text.isEmpty && text != "none"
        case let number?: return number.number.map { $0 != 0 && !$0.isNaN } ?? false
        case nil: return false
        }
      }
    }
  }
}

/// What an operand is in a row.
private struct RowValue: Sendable {
  let isOfPruning: Bool
  let value: @Sendable (IndexRow) -> ColumnValue?

  init(_ operand: RowExpression.Operand, _ further: [RowColumn]) {
    switch operand {
    case .number(let number): (isOfPruning, value) = (false, { _ in .number(number) })
    case .text(let text): (isOfPruning, value) = (false, { _ in .text(text) })
    case .column(let name, _):
      isOfPruning = RowCondition.ofPruning.contains(name)
      value = (further.first { $0.name == name } ?? RowColumn(ofIndex: name)).value
    }
  }
}

extension RowExpression.Sign {
  /// Whether two values stand so to each other.
  fileprivate func holds(_ one: ColumnValue?, _ other: ColumnValue?) -> Bool {
    switch self {
    case .equal: return Self.isEqual(one, other)
    case .unequal: return !Self.isEqual(one, other)
    case .holds:
      let (text, part) = (one?.description ?? "", other?.description ?? "")
      return !part.isEmpty && text.contains(part)
    case .below, .above, .atMost, .atLeast:
      guard let one = one?.number, let other = other?.number else { return false }
      return switch self {
      case .below: one < other
      case .above: one > other
      case .atMost: one <= other
      default: one >= other
      }
    }
  }

  /// Numbers are equal as `RowCondition` has it; a text and a number as the number is written; what has no value is called `none`.
  private static func isEqual(_ one: ColumnValue?, _ other: ColumnValue?) -> Bool {
    if let one = one?.number, let other = other?.number {
      return abs(one - other) <= 1e-4 * max(abs(one), abs(other))
    }
    return IndexRow.text(one) == IndexRow.text(other) && (one != nil || other != nil)
  }
}

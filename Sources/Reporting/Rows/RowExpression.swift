import CoppiceStore

/// What rows of an index are asked: `criterion == "snip" && sparsity > 0.9`.
///
///     expression = all { "||" all }
///     all        = term { "&&" term }
///     term       = "!" term | "(" expression ")" | value [ sign value | "in" list | "in" value ]
///     sign       = "==" | "=" | "!=" | "<" | "<=" | ">" | ">=" | "~"
///     list       = "[" value { "," value } "]"
///     value      = number [ "%" ] | text in quotes | true | false | name of a column
///
/// `~` asks whether a text holds another, `"good" in tags` whether a column of words has that word. A column of
/// numbers alone is true where it is not 0. Numbers are equal to one part in ten thousand: a sparsity that was reached
/// is asked for by what was aimed at. What has no value equals nothing and is neither more nor less than anything.
package indirect enum RowExpression: Sendable, Equatable {
  /// How two values are compared.
  package enum Sign: String, Sendable, CaseIterable {
    // Longer signs come first: `<=` begins with `<`.
    case equal = "==", unequal = "!=", atMost = "<=", atLeast = ">=", below = "<", above = ">", holds = "~"

    /// Whether it compares numbers alone.
    var isOrder: Bool { [.atMost, .atLeast, .below, .above].contains(self) }
  }

  /// A value that is compared.
  package enum Operand: Sendable, Equatable {
    case number(Double)
    case text(String)
    /// A column, and where in the text its name stands.
    case column(String, at: Int)
  }

  case any([RowExpression])
  case all([RowExpression])
  case not(RowExpression)
  case comparison(Operand, Sign, Operand)
  case isOne(Operand, of: [Operand])
  /// Whether a word is among those of a column.
  case isWord(Operand, of: Operand)
  case isTrue(Operand)
  case constant(Bool)
}

extension RowExpression {
  /// The columns it speaks of, each with the place of its name.
  package var columns: [(name: String, place: Int)] {
    func named(_ operands: [Operand]) -> [(name: String, place: Int)] {
      operands.compactMap { if case .column(let name, let place) = $0 { (name, place) } else { nil } }
    }
    return switch self {
    case .any(let parts), .all(let parts): parts.flatMap(\.columns)
    case .not(let part): part.columns
    case .comparison(let one, _, let other), .isWord(let one, let other): named([one, other])
    case .isOne(let one, let others): named([one] + others)
    case .isTrue(let operand): named([operand])
    case .constant: []
    }
  }
}

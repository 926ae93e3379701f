/// What a number of one kind may be: the one rule of its kind. Fields of components and settings of a trial that hold such a number
/// share it, however the number was spelled. No rule lets NaN or infinity pass.
public struct NumberRule<Number: Sendable>: Sendable {
  /// What is allowed, as the sentence of an error has it: `a number above 0`.
  public let words: String
  private let holds: @Sendable (Number) -> Bool

  /// A rule of one's own.
  public init(_ words: String, _ holds: @escaping @Sendable (Number) -> Bool) {
    self.words = words
    self.holds = holds
  }

  /// Whether a number keeps to it.
  public func isKept(by number: Number) -> Bool { holds(number) }
}

extension NumberRule<Int> {
  /// A whole number in a range, or any.
  public static func whole(in range: ClosedRange<Int>? = nil) -> NumberRule {
    NumberRule("a whole number" + inside(range)) { range?.contains($0) != false }
  }

  /// Units, heads, channels. Beyond the range a number is a slip of the pen.
  public static var count: NumberRule { whole(in: SpecificationReader.possibleCounts) }

  /// Layers or blocks on top of each other. Nobody trains more.
  public static var depth: NumberRule { whole(in: SpecificationReader.possibleDepths) }

  /// Rounds of a schedule: more than anyone can train are a slip of the pen.
  public static var rounds: NumberRule { whole(in: SpecificationReader.possibleRounds) }

  /// Examples, of which there must be one.
  public static var examples: NumberRule { whole(in: 1...10_000_000) }

  /// Examples, of which there may be none.
  public static var someExamples: NumberRule { whole(in: 0...10_000_000) }
}

extension NumberRule<Double> {
  /// A finite number in a range, or any.
  public static func number(in range: ClosedRange<Double>? = nil) -> NumberRule {
    NumberRule("a number" + inside(range)) { $0.isFinite && range?.contains($0) != false }
  }

  /// A number above 0 that is one in single precision too: a learning rate, a greatest norm.
  public static var positive: NumberRule {
    NumberRule("a number above 0") { $0 > 0 && Float($0) > 0 && Float($0).isFinite }
  }

  /// A number of 0 or more that is finite in single precision too: a weight decay, a tolerance.
  public static var nonNegative: NumberRule {
    NumberRule("a number of 0 or more") { $0 >= 0 && Float($0).isFinite }
  }

  /// A number from 0 up to but not including 1: a momentum, a sparsity.
  public static var share: NumberRule {
    NumberRule("a number from 0 up to but not including 1") { (0..<1).contains($0) }
  }

  /// A number above 0 and below 1: the fraction of survivors that a round removes.
  public static var rate: NumberRule { NumberRule("a number above 0 and below 1") { $0 > 0 && $0 < 1 } }
}

/// ` in 1…5`, for the sentences of errors; nothing without a range.
func inside<Number>(_ range: ClosedRange<Number>?) -> String {
  range.map { " in \($0.lowerBound.shortest)…\($0.upperBound.shortest)" } ?? ""
}

extension Comparable {
  /// As it is printed in a sentence: `2` for 2.0.
  fileprivate var shortest: String {
    let text = "\(self)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

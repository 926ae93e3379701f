/// An amount of training: so many optimizer steps, so many passes over the training data, or a share of the
/// dense training. Written `5000it`, `10ep`, `0.25`.
public enum Budget: Hashable, Sendable {
  /// Optimizer steps, 0 or more.
  case iterations(Int)
  /// Passes over the training data, 0 or more; a part of a pass is rounded to steps.
  case epochs(Double)
  /// A share, 0…1, of the steps of the dense training.
  case share(Double)
}

extension Budget: CustomStringConvertible {
  /// As it is written: `5000it`, `10ep`, `0.25`.
  public var description: String {
    switch self {
    case .iterations(let count): "\(count)it"
    case .epochs(let count):
      count == count.rounded() && abs(count) < 1e15 ? "\(Int(count))ep" : "\(count)ep"
    case .share(let share): "\(share)"
    }
  }

  /// As it stands in a specification. A printed `Double` reads back to the same bits, so the text keeps them.
  public var specificationValue: Specification.Value { .text(description) }
}

extension Budget {
  /// Reads `5000it`, `10ep` or, as a share of the dense training, `0.25`.
  public init(parsing text: String) throws(BudgetError) {
    let budget: Budget? =
      if text.hasSuffix("it") {
        Int(text.dropLast(2)).map(Budget.iterations)
      } else if text.hasSuffix("ep") {
        Double(text.dropLast(2)).map(Budget.epochs)
      } else {
        Double(text).map(Budget.share)
      }
    guard let budget else { throw .unreadable(text) }
    try budget.check()
    self = budget
  }

  /// The number of optimizer steps, rounded half away from zero.
  /// - Parameters:
  ///   - perEpoch: steps in one pass over the training data.
  ///   - total: steps of the dense training, which shares are taken of; `nil` where there is none to take a share of.
  public func iterations(perEpoch: Int, of total: Int?) throws(BudgetError) -> Int {
    try check()
    switch self {
    case .iterations(let count): return count
    case .epochs(let count):
      let steps = (count * Double(perEpoch)).rounded()
      guard steps <= Double(Self.mostSteps) else { throw .outOfRange(self) }
      return Int(steps)
    case .share(let share):
      guard let total else { throw .shareOfNothing(share) }
      return Int((share * Double(total)).rounded())
    }
  }

  /// More steps than these nobody makes.
  private static let mostSteps = 1_000_000_000_000

  /// Refuses an amount that makes no sense, however long a pass over the data is.
  package func check() throws(BudgetError) {
    let isValid =
      switch self {
      case .iterations(let count): (0...Self.mostSteps).contains(count)
      case .epochs(let count): (0...1_000_000_000).contains(count)
      case .share(let share): (0...1).contains(share)
      }
    guard isValid else { throw .outOfRange(self) }
  }
}

/// What is wrong with an amount of training.
public enum BudgetError: Error, Hashable, CustomStringConvertible {
  /// The text is not an amount of training.
  case unreadable(String)
  /// A negative amount, a share above 1, or a number too large to count to.
  case outOfRange(Budget)
  /// A share was given where there is no dense training to take it of.
  case shareOfNothing(Double)

  /// The sentence a user reads.
  public var description: String {
    switch self {
    case .unreadable(let text):
      "\"\(text)\" is not an amount of training: write steps as 5000it, passes over the data as 10ep, "
        + "or a share of the dense training as 0.25"
    case .outOfRange(.share(let share)):
      "a budget of \(share) is read as a share of the dense training and must lie in 0…1: "
        + "write steps as 5000it or passes over the data as 10ep"
    case .outOfRange(let budget):
      "a budget of \(budget) is out of range: it must be 0 or more, and come to at most 1000000000000 steps"
    case .shareOfNothing(let share):
      "the training itself cannot last a share (\(share)) of the training: write steps as 5000it or passes as 10ep"
    }
  }
}

extension BudgetError: ReportedError {
  /// A text that someone wrote.
  public var exitCode: FailureCode { .usage }
}

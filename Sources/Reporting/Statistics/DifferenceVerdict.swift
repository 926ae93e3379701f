/// What differences over seeds say in words. This is the one place that makes the words.
///
/// Two things are told apart where the paired t test says so at 5 %, after Holm's correction where there are several tests, and
/// from six pairs on Wilcoxon's signed-rank test agrees. Below six pairs no exact test can reach 5 %, and the words say so.
package enum DifferenceVerdict: Sendable, Equatable {
  /// The differences lie above 0.
  case higher
  /// They lie below 0.
  case lower
  /// Neither can be said.
  case notDistinguishable
  /// The values are equal, pair by pair.
  case equal
  /// There are fewer than two pairs.
  case notTested

  /// What may be a difference by chance once in twenty times.
  package static let level = 0.05

  /// The verdict on differences.
  ///
  /// - Parameters:
  ///   - difference: of one thing to another, pair by pair.
  ///   - p: the probability of the t test after correction; `nil` where this is the only test.
  package init(_ difference: PairedDifference, correctedP p: Double? = nil) {
    let sample = difference.sample
    guard sample.count > 1, let mean = sample.mean, let t = p ?? difference.tTestP else {
      self = .notTested
      return
    }
    if sample.values.allSatisfy({ $0 == 0 }) {
      self = .equal
      return
    }
    let isAgreed = !Self.hasExactTest(sample.count) || difference.signedRankTest.p <= Self.level
    guard t <= Self.level, isAgreed else {
      self = .notDistinguishable
      return
    }
    self = mean > 0 ? .higher : .lower
  }

  /// Whether an exact test of so many pairs can reach 5 %.
  package static func hasExactTest(_ count: Int) -> Bool { SignedRankTest.leastP(count) <= level }

  /// The words, with the number of pairs: `not distinguishable at n = 3`.
  package func words(_ count: Int) -> String {
    let isLimited = count > 1 && !Self.hasExactTest(count)
    let least = NumberText.trimmed(SignedRankTest.leastP(count), decimals: 4)
    let limit = isLimited ? " (no exact test of \(count) pairs gives p below \(least))" : ""
    let test = isLimited ? " by the t test alone" : ""
    return switch self {
    case .higher: "higher\(test) at n = \(count)\(limit)"
    case .lower: "lower\(test) at n = \(count)\(limit)"
    case .notDistinguishable: "not distinguishable at n = \(count)\(limit)"
    case .equal: "equal in every pair, n = \(count)"
    case .notTested: count == 1 ? "one pair, whose spread is not known" : "no pairs"
    }
  }
}

import CoppicePruning
import CoppiceTerms

/// When how much is pruned: the number of rounds, and what each is asked to reach.
///
/// ```swift
/// extension Schedule {
///   /// Cubic: s · (1 − (1 − k/n)³) after round k.
///   static func cubic(rounds: Int) -> Schedule {
///     Schedule("cubic", fields: [("rounds", .integer(rounds))], rounds: rounds) { round, ratio in … }
///   }
/// }
/// ```
public struct Schedule: Component {
  /// The name, the version and every field of the schedule.
  public let specification: Specification
  /// The number of rounds: how often the network is pruned.
  public let rounds: Int
  /// Whether every round is a result, so that one trial draws a whole curve; otherwise the last round is.
  public let isLadder: Bool
  /// The step of the dense training at which all rounds prune the network, without a training between them; `nil` where each round
  /// prunes what the training before it has left.
  public let origin: Budget?

  /// How many rounds a schedule may have: more than anyone can train are a slip of the pen.
  package static let possibleRounds = PruningTarget.possibleRounds

  private enum Rule: Sendable {
    case sparsity(@Sendable (_ round: Int, _ ratio: Double) -> Double)
    case rate(Double, times: Int)
  }
  private let rule: Rule

  /// A schedule that leads to the trial's pruning ratio.
  /// - Parameters:
  ///   - name: what the schedule is called in tables, in kebab-case.
  ///   - version: raise it whenever sparsities change; `nil` while it is being written.
  ///   - fields: the values it depends on.
  ///   - rounds: how often the network is pruned; 0 for a schedule that leaves it to the dynamics.
  ///   - isLadder: whether every round is a result.
  ///   - origin: the step of the dense training at which all rounds prune the network, before the training goes on; `nil` where
  ///     a training follows each round.
  ///   - sparsity: the fraction of the prunable weights removed when a round, counted from 1, is over.
  public init(
    _ name: String, version: Int? = nil, fields: [(name: String, value: Specification.Value)] = [],
    rounds: Int, isLadder: Bool = false, from origin: Budget? = nil,
    sparsity: @escaping @Sendable (_ round: Int, _ ratio: Double) -> Double
  ) {
    specification = Specification(name, version: version, fields)
    self.rounds = rounds
    self.isLadder = isLadder
    self.origin = origin
    rule = .sparsity(sparsity)
  }

  /// A schedule that removes a fixed fraction of the survivors in every round, whatever the trial's pruning ratio.
  /// - Parameters:
  ///   - name: what the schedule is called in tables, in kebab-case.
  ///   - version: raise it whenever sparsities change; `nil` while it is being written.
  ///   - fields: the values it depends on.
  ///   - rounds: how often the network is pruned, 1 or more.
  ///   - isLadder: whether every round is a result.
  ///   - rate: the fraction of the survivors removed, 0 < rate < 1.
  ///   - times: how often it is removed in one round.
  public init(
    _ name: String, version: Int? = nil, fields: [(name: String, value: Specification.Value)] = [],
    rounds: Int, isLadder: Bool = true, rate: Double, times: Int = 1
  ) {
    specification = Specification(name, version: version, fields)
    self.rounds = rounds
    self.isLadder = isLadder
    origin = nil
    rule = .rate(rate, times: times)
  }

  /// Whether a trial must give a pruning ratio; the others set their own sparsities and must not be given one.
  public var takesRatio: Bool {
    if case .sparsity = rule { true } else { false }
  }

  /// What a round is asked to reach.
  /// - Parameters:
  ///   - round: 1…`rounds`.
  ///   - ratio: the trial's pruning ratio, 0 ≤ ratio < 1; `nil` where the schedule takes none.
  public func target(ofRound round: Int, ratio: Double?) throws(PruningError) -> PruningTarget {
    guard Schedule.possibleRounds.contains(rounds) else { throw .roundsOutOfRange(rounds) }
    guard (1...rounds).contains(round) else { throw .noSuchRound(round, of: rounds) }
    let target: PruningTarget
    switch rule {
    case .sparsity(let sparsity):
      guard let ratio else { throw .ratioMissing(schedule: name) }
      guard ratio >= 0, ratio < 1 else { throw .ratioOutOfRange(ratio) }
      target = .sparsity(sparsity(round, ratio))
    case .rate(let rate, let times):
      if let ratio { throw .ratioNotTaken(ratio, schedule: name) }
      target = .rate(rate, times: times)
    }
    try target.check()
    return target
  }
}

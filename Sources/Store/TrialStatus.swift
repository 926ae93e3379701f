/// How a trial stands.
package enum TrialStatus: String, Hashable, Sendable, CaseIterable, Codable {
  /// Not begun.
  case pending
  /// Being computed.
  case running
  /// Ended as planned.
  case completed
  /// Ended because no path from input to output was left.
  case collapsed
  /// Ended because a loss was not finite.
  case diverged
  /// Ended by an error.
  case failed
  /// Ended by the user; the same command goes on.
  case interrupted

  /// Whether it has a result, good or bad, that another run would only repeat.
  package var isFinished: Bool { self == .completed || self == .collapsed || self == .diverged }
}

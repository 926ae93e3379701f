import CoppiceStore
import CoppiceTerms

/// Decides whether a ladder goes on: asks a stop rule of the rounds so far. What follows in the ladder builds on it.
package struct DecisionStage: Stage {
  package let rule: StopRule
  /// The trainings of the rounds so far, in order.
  package let rounds: [StageKey]
  package let key: StageKey

  package init(_ rule: StopRule, rounds: [StageKey]) {
    self.rule = rule
    self.rounds = rounds
    key = StageKey(
      Specification(
        "decision", version: 1,
        [("rule", .component(rule.identity)), ("rounds", .list(rounds.map(\.value)))]))
  }

  package var parents: [StageKey] { rounds }

  package var mayEndEarly: Bool { true }

  package func run(_ context: StageContext) throws -> StageRecord {
    let evaluations = try rounds.compactMap { try context.outputs(of: $0).evaluations.last }
    return StageRecord(
      key: key.hexadecimal, outcome: rule.reason(after: evaluations).map(StageOutcome.stopped) ?? .made)
  }
}

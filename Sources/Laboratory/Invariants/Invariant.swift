import CoppiceStore
import CoppiceTerms

/// Something that must hold of every round, whatever the method. It is tested while a network is trained, and when the round is
/// put together; what came of it is stored with the round, and a trial in which it is broken has failed. Each stands in Invariants/.
package struct Invariant: Sendable {
  /// What was found.
  package enum Finding: Hashable, Sendable {
    /// It holds.
    case held
    /// It does not: what is wrong, and where.
    case broken(String)
  }

  /// The name in files, in kebab-case.
  package let name: String
  /// What holds, in one sentence.
  package let statement: String
  private let training: @Sendable (TrainingSight) -> Finding?
  private let round: @Sendable (RoundSight) -> Finding?

  /// An invariant.
  /// - Parameters:
  ///   - training: what is found in a training at an evaluation; `nil` where there is nothing to test.
  ///   - round: what is found in a round that is over; `nil` where there is nothing to test.
  init(
    _ name: String, _ statement: String,
    training: @escaping @Sendable (TrainingSight) -> Finding? = { _ in nil },
    round: @escaping @Sendable (RoundSight) -> Finding? = { _ in nil }
  ) {
    (self.name, self.statement, self.training, self.round) = (name, statement, training, round)
  }

  /// What came of it in a training at an evaluation; `nil` where it does not apply.
  package func record(in sight: TrainingSight) -> InvariantRecord? {
    training(sight).map { record($0, place: "after step \(sight.step) of a training") }
  }

  /// What came of it in a round that is over; `nil` where it does not apply.
  package func record(in sight: RoundSight) -> InvariantRecord? {
    round(sight).map { record($0, place: "in round \(sight.record.index)") }
  }

  private func record(_ finding: Finding, place: String) -> InvariantRecord {
    guard case .broken(let fault) = finding else { return InvariantRecord(name) }
    return InvariantRecord(
      name,
      fault:
        "the invariant \(name) is broken \(place): \(fault). \(statement) Either this program has a fault, or "
        + "stored stages were changed: remove them with `\(ProgramName.current) clean --stages --all` and run again with --retry failed; where it stays, "
        + "report it")
  }
}

extension Invariant {
  /// Every invariant, in the order of files and tables.
  package static let all: [Invariant] = [
    .rewoundWeights, .inactiveWeights, .untrainedWeights, .countedSparsity, .declaredCounts, .shrinkingMasks,
    .controlSteps, .testSet, .compactedLogits, .quantisedWeights,
  ]
}

extension [InvariantRecord] {
  /// In the order of the catalogue.
  var inOrder: [InvariantRecord] {
    let names = Invariant.all.map(\.name)
    return sorted {
      (names.firstIndex(of: $0.name) ?? names.count) < (names.firstIndex(of: $1.name) ?? names.count)
    }
  }
}

import CoppiceDatasets
import CoppiceStore
import CoppiceTensors

/// How much of the teacher's known mask each round of a trial on `teacher` has found.
package struct TrialRecovery: Sendable {
  /// One round, by the masks it was trained under.
  package struct Round: Sendable {
    /// The number of the round.
    package let index: Int
    /// Precision and recall of the student's surviving weights.
    package let recovery: TeacherRecovery
  }

  /// The rounds in order; a dense network is scored as one that keeps everything.
  package let rounds: [Round]

  /// Scores a trial; `nil` where its data are not a teacher's, or where its network does not have two layers of weights that fit.
  package init?(_ record: TrialRecord) {
    guard let trial = try? Trial(configuration: record.configuration),
      let teacher = trial.dataset.definition as? Teacher, let truth = try? teacher.masks()
    else { return nil }
    rounds = record.rounds.compactMap { round in
      let layers = (round.weights ?? ParameterSet()).filter { $0.tensor.shape.rank == 2 }
      guard layers.count == 2 else { return nil }
      let masks = layers.map { round.masks?[$0.name] ?? Mask(keepingAll: $0.tensor.shape) }
      return TeacherRecovery(teacher: truth, student: (masks[0], masks[1])).map {
        Round(index: round.index, recovery: $0)
      }
    }
    if rounds.isEmpty { return nil }
  }
}

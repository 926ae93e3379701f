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
    /// What random masks recover that have as many survivors in each layer.
    package let chance: (precision: Double, recall: Double)
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
      let student = (hidden: masks[0], output: masks[1])
      guard let recovery = TeacherRecovery(teacher: truth, student: student),
        let chance = TeacherRecovery.chance(teacher: truth, student: student)
      else { return nil }
      return Round(index: round.index, recovery: recovery, chance: chance)
    }
    if rounds.isEmpty { return nil }
  }
}

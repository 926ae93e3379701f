import CoppiceStore
import CoppiceTerms

extension TrainingStage {
  /// A training before this one that a stop rule may have ended: how far it came is known once it is made, and what this one does
  /// depends on it.
  package struct Predecessor: Hashable, Sendable {
    /// What the steps between the planned end and the real one are to this training.
    package enum Difference: String, Sendable {
      /// It begins with the batches that follow the real end.
      case shifted
      /// It makes those that are left, with their batches and learning rates.
      case made
      /// It makes those alone that the other has made.
      case spared
    }

    let training: StageKey
    /// The step after which the plan has it end.
    let planned: Int
    let difference: Difference

    /// What a stage depends on by it.
    var value: Specification.Value {
      .list([training.value, .integer(planned), .text(difference.rawValue)])
    }
  }

  /// The training with the steps that it really makes, now that the one before it is there.
  func settled(_ context: StageContext) throws -> TrainingStage {
    guard let predecessor else { return self }
    let difference = try predecessor.difference(in: context.outputs(of: predecessor.training))
    var stage = self
    switch predecessor.difference {
    case .shifted: stage.firstStep += difference
    case .made:
      stage.firstStep += difference
      stage.learningRateStep = learningRateStep.map { $0 + difference }
      stage.steps -= difference
    case .spared: stage.steps += difference
    }
    return stage
  }
}

extension TrainingStage.Predecessor {
  /// By how many steps the training went further than planned, below 0 where it ended before that.
  func difference(in record: StageRecord) throws -> Int {
    guard let step = record[numbers: "step"]?.first.flatMap({ Int(exactly: $0) }) else {
      throw StageError.missingOutput("step", stage: training.short)
    }
    return step - planned
  }
}

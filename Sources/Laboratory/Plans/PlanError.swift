import CoppiceNetworks
import CoppicePruning
import CoppiceTerms

/// Settings that do not go together.
package enum PlanError: Error, Hashable {
  case batchSize(Int, Int)
  case noSuchRound(Int, Int)
  case untrainedControl(Control)
  case noEvaluation
  case dynamicsWithSchedule(Dynamics, Schedule)
  case dynamicsWithControl(Dynamics, Control)
  case dynamicsWithoutRatio(Dynamics)
  case noMeasuredRound([Int])
  case dynamicsWithRecipe(Dynamics)
  case stopWithoutValidation(StopRule)
  case dynamicsWithRounds(Dynamics)
  case dynamicsWithCompensation(Dynamics, Criterion)
  case dynamicsWithLadderStop(Dynamics, StopRule)
  case controlWithStop(Control, StopRule)
  case ladderWithRounds(StopRule)
  case ladderWithoutDense(StopRule)
  case nothingPrunes(Double)
  case controlWithoutStatistics(Model)
  case controlWithoutWidth(String, Model)
  case learnedMaskWithDynamics(LearnedMask, Dynamics)
  case learnedMaskWithSchedule(LearnedMask, Schedule)
  case learnedMaskWithControl(LearnedMask, Control)
  case learnedMaskWithRepair(LearnedMask, Repair)
  case learnedMaskWithRounds(LearnedMask)
  case learnedMaskWithStop(LearnedMask, StopRule)
  case learnedMaskWithoutRatio(LearnedMask)
  case learnedMaskCutShort(LearnedMask)
  case learnedMaskMeasured(LearnedMask, Allocation)
  case learnedMaskOfUnits(LearnedMask, Granularity)
  case learnedMaskOfHeads(LearnedMask, Granularity)
  case searchWithoutPruning(StopRule)
  case searchWithoutDrawings(StopRule)
  case searchCutShort(StopRule)
  case searchBeyondWeights(StopRule, Criterion, Allocation)
  case searchTooShort(StopRule, earliest: Int, total: Int)
  case searchWithoutQuestion(StopRule, most: Double)
  case searchWithRewind(StopRule, step: Int, earliest: Int)
  case dynamicsWithSearch(Dynamics, StopRule)
  case nothingToComplete(Retraining)
  case stopMetric(StopRule, known: [String])
  case targetWithDynamics(CostTarget, Dynamics)
  case targetWithLearnedMask(CostTarget, LearnedMask)
  case targetWithSearch(CostTarget, StopRule)
  case targetWithRatio(CostTarget, Double)
  case targetWithRecipe(CostTarget)
  case targetOfWeights(CostTarget, Granularity)
  case targetMet(CostTarget, whole: Double)
  case targetBelowLeast(CostTarget, least: Double, whole: Double)
  case targetUnreachable(CostTarget, share: Double, most: Double)
  case familiesWithDynamics(Allocation, Dynamics)
  case repairWithDynamics(Repair, Dynamics)
  case repairTwice(Repair)
  case repairWithRewind(Repair, Retraining)
  case rateWithRewind(RetrainingRate, Retraining)
  case momentsOfLearnedMask(LearnedMask)
  case lossWithoutTeacher(Loss)
}

extension PlanError: ReportedError {
  /// Settings that do not go together.
  package var exitCode: FailureCode { .usage }
}

import CoppiceNetworks
import CoppicePruning
import CoppiceTerms

/// A recipe whose steps cannot be taken.
package enum RecipeError: Error, Hashable, CustomStringConvertible {
  case notFirst
  case untrained(String)
  case untilTheEnd(Int, total: Int)
  case retrainedTwice
  case repairedLate
  case noRound
  case leftOutLate
  case noDenseTeacher
  case lossWithoutTeacher(Loss)
  case matchedCompacted(Loss)
  case distilledFirst
  case distilledMask(LearnedMask)
  case adaptedUnpruned
  case adaptedUnmasked
  case adaptedCompacted
  case adaptedRewound(Retraining)
  case factorisedPruned
  case factorisedTwice
  case factorisedUnderTarget(CostTarget)
  case factorisedRewound(Retraining)
  case factorisedRepaired(Repair)
  case factorisedChange(RetrainingRate)
  case nothingToFactorise(Specification)
  case factorsTooLarge(Double, least: Double)
  case averagedUntrained
  case stepWithControl(String, Control)
  case stepWithMoments(String)

  package var description: String {
    switch self {
    case .notFirst:
      "train stands in the middle of the recipe, and a network is trained from its initial weights once: "
        + "put it first, and use retrain behind a prune"
    case .untrained(let step):
      "\(step) stands in the recipe before there is a network to take: begin with train, and put a prune before a retrain"
    case .untilTheEnd(let step, let total):
      "train goes until step \(step), and the dense training ends after \(total): choose an earlier step, or leave out until"
    case .retrainedTwice:
      "two retrain steps stand behind one prune, and a round has one result: put a prune between them, or leave one out"
    case .repairedLate:
      "repair stands in the recipe behind a network that is measured already: put it between a prune and its retrain"
    case .leftOutLate:
      "leave-out stands in the recipe behind a pruning: blocks are left out of a whole network, so put it before every prune"
    case .noRound: "the recipe ends without a network that is measured: end it with train, repair or retrain"
    default: compression
    }
  }
}

extension RecipeError: ReportedError {
  /// A recipe that cannot be followed.
  package var exitCode: FailureCode { .usage }
}

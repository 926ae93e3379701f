import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

/// What is wrong with a pruning: what, where, and what to do about it.
public enum PruningError: Error, Hashable {
  /// A pruning ratio outside 0 ≤ ratio < 1.
  case ratioOutOfRange(Double)
  /// A schedule that leads to a pruning ratio was given none.
  case ratioMissing(schedule: String)
  /// A schedule that sets its own sparsities was given a pruning ratio.
  case ratioNotTaken(Double, schedule: String)
  /// A fraction of survivors to remove outside 0 < rate < 1.
  case rateOutOfRange(Double, of: String)
  /// A relative rate that is negative or not finite.
  case relativeRateOutOfRange(Double, of: String)
  /// Fewer rounds than one, or more than anyone can train.
  case roundsOutOfRange(Int)
  /// A round that the schedule does not have.
  case noSuchRound(Int, of: Int)
  /// A name that fits no prunable layer.
  case unknownLayer(String, place: String, nearest: String?, known: [String])
  /// No layer is left to prune.
  case nothingToPrune(ignoring: [String])
  /// Layers that cannot be pruned hold more weights than shall survive.
  case unreachable(sparsity: Double, most: Double, String)
  /// An allocation answered for another number of layers.
  case quotaCount(Int, layers: Int, allocation: String)
  /// An allocation lets more weights survive than there are, or fewer than none.
  case quotaOutOfRange(Int, survivors: Int, layer: String?, allocation: String)
  /// An allocation that asks the network lets another number survive in all than it shall.
  case quotaTotal(Int, wanted: Int, allocation: String)
  /// A floor of a layer that is no number of weights.
  case noFloor(Double, allocation: String)
  /// Floors of all layers that hold more weights than shall survive.
  case floors(Int, survivors: Int, of: Int, allocation: String)
  /// A multiple or a spread of scores that is out of range.
  case parameterOutOfRange(Double, of: String, expected: String, allocation: String)
  /// A criterion read what it does not declare.
  case undeclaredNeed(ScoringNeed, criterion: String)
  /// A criterion needs what is not there.
  case unavailable(ScoringNeed, criterion: String)
  /// A prunable parameter without a weight, a gradient or a score.
  case missingParameter(String, in: String)
  /// Scores of another shape than the weight.
  case scoreShape(Shape, of: String, shape: Shape, criterion: String)
  /// Evidence of another shape than the weight, where it is scored weight by weight.
  case evidenceShape(Shape, of: String, shape: Shape, evidence: String)
  /// Evidence under a name that is no parameter's, or twice under one name.
  case evidenceName(String, isRepeated: Bool, evidence: String)
  /// A part of an evidence that does not go with those before it, counted from 1; 0 where there is no part at all.
  case evidencePart(Int, evidence: String)
  /// A mask of another shape than the weight.
  case maskShape(Shape, of: String, shape: Shape)
  /// A score that is infinite or not a number.
  case scoreNotFinite(Float, of: String, index: Int, criterion: String)
  /// Units that do not divide a weight.
  case unevenUnits(Int, of: String, shape: Shape, granularity: String)
  /// Blocks without rows or columns.
  case emptyBlocks(Int, Int, of: String, granularity: String)
  /// A pattern that keeps nothing or everything of a group.
  case noPattern(Int, of: Int, granularity: String)
  /// A layer whose input channels do not divide into groups.
  case unevenGroups(Int, of: String, shape: Shape, granularity: String)
  /// A number of survivors that is not the pattern's: in all, or of a layer.
  case patternQuota(
    Int, kept: Int, of: Int, layer: String?, granularity: String, allocation: String)
  /// A pattern under an allocation that gives each layer another share.
  case patternAllocation(granularity: String, allocation: String)
  /// A random mask with the same total under a pattern, which says how much each layer keeps.
  case patternTotal(granularity: String)
  /// A slice of a unit that does not fit its parameter.
  case unitSlice(AxisSlice, shape: Shape, granularity: String)
  /// A sparsity beyond what coupled units can give.
  case coupledFloor(sparsity: Double, most: Double, Coupling, granularity: String)
  /// A multiple of units that no family has, so that none can give any.
  case multipleBeyondFamilies(Int, largest: Int, granularity: String)
  /// A cost below what can be left.
  case costUnreachable(Double, least: Double)
  /// A pattern, which says itself how many weights go, under a target of costs.
  case patternCost(granularity: String)
  /// A unit that is tied to an input or an output of the network.
  case fixedUnit(AxisSlice, granularity: String)
  /// A unit without a prunable weight.
  case unitWithoutWeights([AxisSlice], granularity: String)
  /// A granularity that finds no unit in what may be pruned.
  case noUnits(granularity: String)
  /// Rows that are to compete by weights, where units are larger.
  case rowsOfUnits(granularity: String, allocation: String)
  /// A floor under layers whose shares are measured, with units larger than a weight.
  case floorOfUnits(granularity: String, allocation: String)
  /// A criterion that cannot prune what it is to prune: why, and what would be possible.
  case unfit(String, criterion: String)
  /// Scores were asked of a solver.
  case solverScores(criterion: String)
  /// A solver under a granularity of larger units.
  case solverUnits(criterion: String, granularity: String)
  /// A solver under a pattern that it does not keep.
  case solverPattern(criterion: String, granularity: String)
  /// A solver under an allocation that lets layers compete.
  case solverQuota(criterion: String, allocation: String)
  /// A solver kept another number of weights than asked for.
  case solvedCount(Int, wanted: Int, of: String, criterion: String)
  /// A criterion of second order met a matrix without an inverse.
  case notPositiveDefinite(String, criterion: String)
  /// A criterion moved a parameter that there is not.
  case movedUnknown(String, criterion: String)
  /// A moved parameter of another shape.
  case movedShape(Shape, of: String, shape: Shape, criterion: String)
  /// A moved weight that is infinite or not a number.
  case movedNotFinite(Float, of: String, index: Int, criterion: String)
  /// A pruned weight that was moved away from 0.
  case movedPruned(Float, of: String, index: Int, criterion: String)
  /// A pruned weight came back.
  case maskGrew(String)
  /// A part of one's own asks a shape for an axis it does not have, or makes an array of too few numbers: what it asked, the part.
  case shapeFault(String, of: String)
  /// A rewind to a step that the dense training does not reach.
  case rewindPastEnd(Budget, step: Int, total: Int)
  /// An amount of training that makes no sense.
  case budget(BudgetError)
}

extension PruningError {
  /// Runs code of a part that users write.
  /// - Throws: `shapeFault` where it asks shapes for what they do not have, and whatever the code throws.
  static func noting<Result>(_ part: String, _ body: () throws -> Result) throws -> Result {
    try ShapeFaults.throwing(as: { PruningError.shapeFault($0, of: part) }, body)
  }
}

extension PruningError: ReportedError {
  /// A pruning that cannot be as it is written.
  public var exitCode: FailureCode { .usage }
}

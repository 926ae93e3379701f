import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// Scores every prunable weight of a network by a criterion. Scores know neither the ratio nor the allocation nor the granularity, so
/// that all prunings of one network by one criterion cut from the same ones.
///
/// A stage of its own is made where the criterion keeps its scores (`Criterion.keepsScores`) and scores once: a solver has none, and
/// one with rounds scores anew after each cut.
package struct ScoreStage: Stage {
  package let regimen: Regimen
  /// The stage whose network is scored.
  package let network: StageKey
  /// The stage with the masks so far; `nil` where nothing is pruned yet.
  package let masks: StageKey?
  package let criterion: Criterion
  /// What is known of the network besides its weights: all of it where the criterion reads it.
  package let structure: NetworkStructure
  /// The stages of the evidence that the criterion asks for, in its order.
  package let evidence: [StageKey]
  package let key: StageKey

  /// Whether prunings by a criterion share its scores.
  static func isMade(for criterion: Criterion) -> Bool {
    !criterion.solves && criterion.rounds == 1 && criterion.keepsScores
  }

  package init(
    _ regimen: Regimen, of network: StageKey, masks: StageKey?, criterion: Criterion,
    structure: NetworkStructure, evidence: [StageKey]
  ) {
    (self.regimen, self.network, self.masks) = (regimen, network, masks)
    (self.criterion, self.structure, self.evidence) = (criterion, structure, evidence)
    key = StageKey(
      Specification(
        "scores", version: 1,
        [("network", network.value), ("criterion", .component(criterion.specification))]
      ).adding([
        ("masks", masks?.value ?? .none, neutral: .none),
        ("seed", criterion.needs.isEmpty ? .none : .integer(regimen.seed), neutral: .none),
        ("evidence", .list(evidence.map(\.value)), neutral: .list([])),
      ]))
  }

  package var parents: [StageKey] { [network] + (masks.map { [$0] } ?? []) + evidence }

  package func run(_ context: StageContext) throws -> StageRecord {
    let scoring = try context.scoringContext(
      regimen, of: network, masks: masks, structure: structure, needs: criterion.needs,
      evidence: Array(zip(criterion.needs.evidence, evidence)))
    return StageRecord(
      key: key.hexadecimal, parameters: [("scores", try criterion.scores(in: scoring))])
  }
}

extension StageContext {
  /// What a criterion is computed from: the network of a stage, under the masks of another.
  ///
  /// Every prunable layer has a mask in it; those that an allocation ignores have none in what is stored. Initial weights are drawn
  /// where they are needed.
  func scoringContext(
    _ regimen: Regimen, of network: StageKey, masks: StageKey?, structure: NetworkStructure,
    needs: ScoringNeeds, evidence: [(Evidence, StageKey)], sensitivity: StageKey? = nil
  ) throws -> ScoringContext {
    let record = try outputs(of: network)
    guard let parameters = record[parameters: "parameters"] else {
      throw StageError.missingOutput("parameters", stage: network.short)
    }
    var before = regimen.model.fullMasks
    if let masks { before.merge(try self.masks(of: masks)) }
    return try ScoringContext(
      // A network that was not trained under these masks still has weights that they prune.
      weights: before.applied(to: parameters), masks: before,
      initialWeights: needs.initialWeights ? regimen.initialParameters(draw: 0) : nil,
      seed: regimen.seedBits, structure: structure,
      evidence: try evidence.map { evidence, key in
        guard let values = try outputs(of: key)[parameters: "evidence"] else {
          throw StageError.missingOutput("evidence", stage: key.short)
        }
        return (evidence, values)
      },
      sensitivity: try sensitivity.flatMap { key in
        let record = try outputs(of: key)
        return record.familySensitivity ?? record.sensitivity(of: regimen.model.prunable)
      },
      statistics: record[parameters: "buffers"] ?? ParameterSet())
  }
}

import CoppiceDatasets
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// Measures one evidence on the network of a stage. All criteria that ask for it share it.
package struct EvidenceStage: Stage {
  package let regimen: Regimen
  /// The stage whose network is looked at.
  package let network: StageKey
  /// The stage with the masks so far; `nil` where nothing is pruned yet.
  package let masks: StageKey?
  package let evidence: Evidence
  package let scoring: ScoringData
  /// The stages of the evidence this one is given, in its order.
  package let given: [StageKey]
  package let key: StageKey

  package init(
    _ regimen: Regimen, of network: StageKey, masks: StageKey?, evidence: Evidence, scoring: ScoringData,
    given: [StageKey]
  ) {
    self.regimen = regimen
    self.network = network
    self.masks = masks
    self.evidence = evidence
    // What looks at no data does not depend on how many there are.
    let scoring = evidence.batch == .none ? ScoringData(batch: 1) : scoring
    self.scoring = scoring
    self.given = given
    // Version 2: what an evidence is given counts for survivors alone.
    key = StageKey(
      Specification(
        "evidence", version: masks == nil || given.isEmpty ? 1 : 2,
        [
          ("network", network.value), ("evidence", .component(evidence.specification)),
          ("batch", .integer(scoring.batch)), ("seed", .integer(regimen.seed)),
        ]
      ).adding([
        ("masks", masks?.value ?? .none, neutral: .none),
        ("batches", .integer(scoring.count), neutral: .integer(1)),
        ("given", .list(given.map(\.value)), neutral: .list([])),
      ]))
  }

  package var parents: [StageKey] { [network] + (masks.map { [$0] } ?? []) + given }

  package func run(_ context: StageContext) throws -> StageRecord {
    let record = try context.outputs(of: network)
    guard let parameters = record[parameters: "parameters"] else {
      throw StageError.missingOutput("parameters", stage: network.short)
    }
    var known: [Evidence: ParameterSet] = [:]
    for (evidence, key) in zip(evidence.given, given) {
      known[evidence] = try context.outputs(of: key)[parameters: "evidence"]
    }
    let found = try scoring.measure(
      evidence, regimen, parameters, record[parameters: "buffers"] ?? ParameterSet(),
      masks: try masks.map { try context.masks(of: $0) }, threads: context.threads,
      check: { try context.interruption.check() }
    ) { evidence in
      guard let values = known[evidence] else {
        throw StageError.missingOutput("evidence", stage: evidence.name)
      }
      return values
    }
    return StageRecord(key: key.hexadecimal, parameters: [("evidence", found)])
  }
}

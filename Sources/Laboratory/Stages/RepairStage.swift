import CoppiceNetworks
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// Repairs the network of a stage under masks, without training it. Its outputs are parameters, what is pruned as 0, and buffers; a
/// `TrainingStage` goes on from them, or measures them with no steps.
package struct RepairStage: Stage {
  package let regimen: Regimen
  /// The stage whose network is repaired.
  package let network: StageKey
  /// The stage whose masks hold.
  package let masks: StageKey
  /// The stage with the network before the pruning; `nil` for a repair that does not compare with it.
  package let reference: StageKey?
  package let repair: Repair
  /// The training data it looks at.
  package let data: ScoringData
  package let key: StageKey

  /// - Parameters:
  ///   - reference: the stage with the network before the pruning; of no account to a repair that does not compare.
  ///   - batch: training examples in each of the repair's batches.
  package init(
    _ regimen: Regimen, of network: StageKey, masks: StageKey, comparedWith reference: StageKey,
    by repair: Repair, batch: Int
  ) {
    self.regimen = regimen
    self.network = network
    self.masks = masks
    self.reference = repair.compares ? reference : nil
    self.repair = repair
    data = ScoringData(batch: batch, count: repair.batches)
    key = StageKey(
      Specification(
        "repair", version: 1,
        [
          ("network", network.value), ("masks", masks.value), ("repair", .component(repair.specification)),
          ("batch", .integer(batch)), ("seed", .integer(regimen.seed)),
        ]
      ).adding([("reference", self.reference?.value ?? .none, neutral: .none)]))
  }

  package var parents: [StageKey] { [network, masks] + (reference.map { [$0] } ?? []) }

  package func run(_ context: StageContext) throws -> StageRecord {
    let masks = try context.masks(of: masks)
    let pruned = try context.network(of: network, regimen)
    var call = RepairCall(
      regimen: regimen, parameters: masks.applied(to: pruned.parameters), buffers: pruned.buffers,
      masks: masks, reference: try reference.map { try context.network(of: $0, regimen) }, data: data,
      threads: context.threads, check: { try context.interruption.check() })
    try repair.apply(&call)
    // Where a channel goes with its scale and shift, its statistics are 0.
    let statistics = try context.costs.paths(of: regimen).statistics(under: masks)
    return StageRecord(
      key: key.hexadecimal,
      parameters: [
        ("parameters", masks.applied(to: call.parameters)), ("buffers", statistics.applied(to: call.buffers)),
      ])
  }
}

extension StageContext {
  /// The network that a parent left.
  fileprivate func network(
    of key: StageKey, _ regimen: Regimen
  ) throws -> (parameters: ParameterSet, buffers: ParameterSet) {
    let record = try outputs(of: key)
    guard let parameters = record[parameters: "parameters"] else {
      throw StageError.missingOutput("parameters", stage: key.short)
    }
    return (parameters, record[parameters: "buffers"] ?? regimen.model.initialBuffers)
  }
}

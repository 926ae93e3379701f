import CoppiceNetworks
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import Synchronization

/// What a dense network of a regimen costs, in floating-point operations.
package struct NetworkCosts: Sendable {
  /// Of one example's forward pass.
  let flops: Int
  /// The share of each parameter in these.
  let flopsByParameter: [String: Int]
  /// Of a training step.
  let flopsPerStep: Int

  init(_ regimen: Regimen) throws {
    let forward = try regimen.model.evaluationGraph(batch: 1)
    flops = forward.flops
    flopsByParameter = forward.flopsByParameter
    flopsPerStep = try regimen.model.trainingGraph(
      batch: regimen.batchSize, optimizer: regimen.optimizer, masked: [], clipping: regimen.clipping
    ).flops
  }

  /// The parameters of the network under some masks, one record each.
  func layers(of regimen: Regimen, _ masks: MaskSet?, trained: MaskSet? = nil) -> [LayerRecord] {
    let sparse = regimen.execution.sparseNames(regimen.model, masks, trained: trained)
    return regimen.model.declarations.map { declaration in
      let count = declaration.shape.count
      let kept = masks?[declaration.name]?.keptCount ?? count
      let flops = flopsByParameter[declaration.name] ?? 0
      let nonzero = Int((Double(flops) * Double(kept) / Double(max(1, count))).rounded())
      return LayerRecord(
        name: declaration.name, parameters: count, nonzero: kept, isPrunable: declaration.isPrunable,
        isSparse: sparse.contains(declaration.name), flops: flops, flopsNonzero: nonzero)
    }
  }
}

/// The costs of the networks of a plan, each counted once: the seed makes no difference.
package final class NetworkCostTable: Sendable {
  private let known = Mutex<[Specification: NetworkCosts]>([:])

  package init() {}

  func costs(of regimen: Regimen) throws -> NetworkCosts {
    let key = regimen.timing
    if let costs = known.withLock({ $0[key] }) { return costs }
    let costs = try NetworkCosts(regimen)
    known.withLock { $0[key] = costs }
    return costs
  }
}

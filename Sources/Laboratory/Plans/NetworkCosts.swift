import CoppiceNetworks
import CoppiceTerms
import Synchronization

/// What a dense network of a setting costs, in floating-point operations.
struct NetworkCosts: Sendable {
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

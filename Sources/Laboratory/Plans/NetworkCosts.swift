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

  init(_ setting: TrainingSetting) throws {
    let forward = try setting.model.evaluationGraph(batch: 1)
    flops = forward.flops
    flopsByParameter = forward.flopsByParameter
    flopsPerStep = try setting.model.trainingGraph(
      batch: setting.batchSize, optimizer: setting.optimizer, masked: [], clipping: setting.clipping
    ).flops
  }
}

/// The costs of the networks of a plan, each counted once: the seed makes no difference.
final class NetworkCostTable: Sendable {
  private let known = Mutex<[Specification: NetworkCosts]>([:])

  func costs(of setting: TrainingSetting) throws -> NetworkCosts {
    let key = setting.timing
    if let costs = known.withLock({ $0[key] }) { return costs }
    let costs = try NetworkCosts(setting)
    known.withLock { $0[key] = costs }
    return costs
  }
}

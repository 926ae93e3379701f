import CoppiceAutodiff
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import Synchronization

/// What a network of a regimen costs, in floating-point operations.
package struct NetworkCosts: Sendable {
  /// Of one example's forward pass.
  let flops: Int
  /// The share of each parameter in these.
  let flopsByParameter: [String: Int]
  /// Of a training step.
  private let step: StepCost

  init(_ regimen: Regimen) throws {
    let forward = try regimen.model.evaluationGraph(batch: 1)
    flops = forward.flops
    flopsByParameter = forward.flopsByParameter
    step = try regimen.model.trainingGraph(
      batch: regimen.batchSize, optimizer: regimen.optimizer, masked: [],
      loss: regimen.loss.needsTeacher ? .crossEntropy : regimen.loss,
      clipping: regimen.clipping
    ).stepCost
  }

  /// Of a training step with every weight there.
  var flopsPerStep: Double { Double(step.dense) }

  /// Of a training step under masks: what survivors cost, whatever form the products take.
  func flopsPerStep(_ masks: DynamicMasks) -> Double {
    func densities(_ masks: MaskSet) -> [String: Double] {
      Dictionary(masks.map { ($0.name, $0.mask.density) }, uniquingKeysWith: { first, _ in first })
    }
    let active = densities(masks.active)
    let trained = masks.trained.map(densities) ?? active
    return step.flops(active: { active[$0] ?? 1 }, trained: { trained[$0] ?? 1 })
  }

  /// Of a training step in which such a fraction of every prunable weight survives.
  func flopsPerStep(_ model: Network, density: Double) -> Double {
    let prunable = Set(model.prunable)
    let share = { prunable.contains($0) ? density : 1 }
    return step.flops(active: share, trained: share)
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

extension Regimen {
  /// Floating-point operations of a training step of another network in the place of this regimen's, with every weight there.
  func flopsPerStep(of network: Network) throws -> Double {
    let graph = try network.trainingGraph(
      batch: batchSize, optimizer: optimizer, masked: [], loss: loss.needsTeacher ? .crossEntropy : loss,
      clipping: clipping)
    return Double(graph.stepCost.dense)
  }
}

/// The costs of the networks of a plan, each counted once, and the probes of their paths: the seed makes no difference.
package final class NetworkCostTable: Sendable {
  private let known = Mutex<[Specification: NetworkCosts]>([:])
  private let probes = Mutex<[Specification: NetworkPaths]>([:])

  private let compactions = Mutex<[Specification: NetworkCompaction]>([:])

  package init() {}

  func costs(of regimen: Regimen) throws -> NetworkCosts {
    let key = regimen.timing
    if let costs = known.withLock({ $0[key] }) { return costs }
    let costs = try NetworkCosts(regimen)
    known.withLock { $0[key] = costs }
    return costs
  }

  func compaction(of regimen: Regimen) throws -> NetworkCompaction {
    let key = regimen.timing
    if let compaction = compactions.withLock({ $0[key] }) { return compaction }
    let compaction = try NetworkCompaction(regimen.model)
    compactions.withLock { $0[key] = compaction }
    return compaction
  }

  func paths(of regimen: Regimen) throws -> NetworkPaths {
    let key = regimen.timing
    if let paths = probes.withLock({ $0[key] }) { return paths }
    let paths = try NetworkPaths(regimen.model)
    probes.withLock { $0[key] = paths }
    return paths
  }
}

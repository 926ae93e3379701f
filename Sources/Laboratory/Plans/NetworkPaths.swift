import CoppiceAutodiff
import CoppiceNetworks
import CoppiceStore
import CoppiceTensors

/// What masks leave of the paths through a network: asked of its forward graph, which is compiled for it once.
package struct NetworkPaths: Sendable {
  private let probe: PathProbe
  private let compaction: CompactionCost
  /// Operations of an evaluation that the forward graph has none of: those of the loss.
  private let lossFlops: Int
  /// The vectors that belong to each running statistic.
  private let vectorsOfStates: [String: [String]]
  /// What the network has before any pruning.
  package let dense: PathRecord

  /// The paths of a network.
  package init(_ network: Network) throws {
    let weights = network.declarations.filter { $0.isPrunable || $0.shape.rank > 1 }.map(\.name)
    let forward = try network.forward(batch: 1, isTraining: false)
    probe = try PathProbe(forward, through: weights.filter(forward.parameters.map(\.name).contains))
    compaction = CompactionCost(forward)
    lossFlops = try network.evaluationGraph(batch: 1).flops - forward.flops
    vectorsOfStates = forward.vectorsOfStates
    let paths = probe.paths(under: nil)
    dense = PathRecord(paths, network.fullMasks, flops: compaction.flops(keeping: paths.weights) + lossFlops)
  }

  /// The paths that masks leave.
  package func paths(under masks: MaskSet?) -> Paths { probe.paths(under: masks) }

  /// What masks leave of the paths, in numbers. Companions count nowhere.
  package func record(_ masks: MaskSet) -> PathRecord {
    let paths = paths(under: masks)
    return PathRecord(
      paths, masks, flops: compaction.flops(keeping: paths.weights, under: masks) + lossFlops)
  }

  /// Masks of the running statistics: those of channels go whose scale or shift is pruned with them, as a companion.
  package func statistics(under masks: MaskSet) -> MaskSet {
    MaskSet(
      vectorsOfStates.sorted { $0.key < $1.key }.compactMap { state, vectors in
        let companions = vectors.filter(masks.isCompanion).compactMap { masks[$0] }
        guard let first = companions.first else { return nil }
        let bytes = first.bytes.indices.map { index -> UInt8 in
          companions.allSatisfy { $0.bytes[index] == 1 } ? 1 : 0
        }
        return (state, Mask(first.shape, bytes))
      })
  }
}

extension PathRecord {
  fileprivate init(_ paths: Paths, _ masks: MaskSet, flops: Int) {
    self.init(
      isConnected: paths.isConnected, weights: masks.count, effective: 0, emptiedLayers: 0, deadUnits: 0,
      flopsCompacted: flops)
    for (name, mask) in masks.counted where mask.count > 0 {
      let onPath = paths.weights[name] ?? mask
      effective += onPath.keptCount
      emptiedLayers += mask.keptCount == 0 ? 1 : 0
      let row = mask.count / (mask.shape.axes.first ?? 1)
      deadUnits += stride(from: 0, to: mask.count, by: row).count { start in
        onPath.bytes[start..<(start + row)].allSatisfy { $0 == 0 }
      }
    }
  }
}

extension StageRecord {
  /// Takes down what masks leave of the paths through a network. A stage that was made has collapsed where none is left.
  mutating func follow(_ masks: MaskSet?, of regimen: Regimen, _ costs: NetworkCostTable) throws {
    guard let masks else { return }
    let paths = try costs.paths(of: regimen).record(masks)
    numbers.append(paths.numbers)
    if outcome == .made, !paths.isConnected {
      outcome = .collapsed(masks.counted.filter { $0.mask.keptCount == 0 }.map(\.name))
    }
  }
}

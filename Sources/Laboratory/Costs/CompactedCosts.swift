import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors

/// What is left of a network's costs under masks, where units that say nothing are cut out: asked of its forward graph, which is parted
/// once.
struct CompactedCosts: Sendable {
  private let network: Network
  private let units: SilentUnits
  private let work: CompactedWork
  /// Operations of an evaluation that the forward graph has none of: those of the loss.
  private let lossFlops: Int

  init(_ network: Network) throws {
    self.network = network
    let forward = try network.forward(batch: 1, isTraining: false)
    units = try SilentUnits(forward)
    work = CompactedWork(forward)
    lossFlops = try network.evaluationGraph(batch: 1).flops - forward.flops
  }

  /// What is kept of parameters and running statistics.
  func kept(_ masks: MaskSet) -> KeptAxes { units.keptAxes(under: masks) }

  func parameters(_ masks: MaskSet) -> Int {
    count(network.declarations.map { ($0.name, $0.shape) }, kept(masks))
  }

  func bytes(_ masks: MaskSet) -> Int {
    let leaves =
      network.declarations.map { ($0.name, $0.shape) } + network.buffers.map { ($0.name, $0.shape) }
    return 4 * count(leaves, kept(masks))
  }

  private func count(_ leaves: [(name: String, shape: Shape)], _ kept: KeptAxes) -> Int {
    leaves.reduce(0) { $0 + kept.shape($1.name, $1.shape).count }
  }

  func flops(_ masks: MaskSet) throws -> Int { try work.flops(keeping: kept(masks)) + lossFlops }

  /// Bytes that a plan of one forward pass takes.
  /// - Parameter forward: the forward graph of so many examples.
  func memory(_ masks: MaskSet, _ forward: Graph) throws -> Int {
    Plan.bytes(of: try forward.compacted(keeping: kept(masks)).simplified)
  }
}

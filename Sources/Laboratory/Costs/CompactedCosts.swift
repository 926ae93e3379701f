import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors

/// What is left of a network's costs under masks, where units that say nothing are cut out: asked of its forward graph, which is parted
/// once.
struct CompactedCosts: Sendable {
  private let network: Network
  private let units: SilentUnits
  private let forward: Graph
  private let work: CompactedWork
  /// Operations of an evaluation that the forward graph has none of: those of the loss.
  private let lossFlops: Int

  init(_ network: Network) throws {
    self.network = network
    forward = try network.forward(batch: 1, isTraining: false)
    units = try SilentUnits(forward)
    work = CompactedWork(forward)
    lossFlops = try network.evaluationGraph(batch: 1).flops - forward.flops
  }

  /// What is kept of parameters and running statistics.
  /// - Throws: `TraceError` where whole branches go, of which no operation is left to be timed.
  func kept(_ masks: MaskSet) throws -> KeptAxes {
    let removal = units.removal(under: masks)
    guard removal.parts.isEmpty else {
      throw TraceError(
        primitive: "latency",
        problem:
          "a target of time counts what is left of every operation, and nothing is left of a branch that goes as a "
          + "whole: take the target flops, parameters or bytes, or a granularity of units inside branches")
    }
    return removal.kept
  }

  func parameters(_ masks: MaskSet) -> Int {
    units.removal(under: masks).left(of: network.declarations.map { ($0.name, $0.shape) })
  }

  func bytes(_ masks: MaskSet) -> Int {
    let buffers = network.buffers.map { (name: $0.name, shape: $0.shape) }
    return 4
      * units.removal(under: masks).left(of: network.declarations.map { ($0.name, $0.shape) } + buffers)
  }

  func flops(_ masks: MaskSet) throws -> Int {
    let removal = units.removal(under: masks)
    let left = removal.parts.isEmpty ? work : CompactedWork(try forward.cutting(removal.parts))
    return try left.flops(keeping: removal.kept) + lossFlops
  }

  /// Bytes that a plan of one forward pass takes.
  /// - Parameter forward: the forward graph of so many examples.
  func memory(_ masks: MaskSet, _ forward: Graph) throws -> Int {
    let removal = units.removal(under: masks)
    return Plan.bytes(
      of: try forward.cutting(removal.parts).compacted(keeping: removal.kept).simplified)
  }
}

import CoppiceAutodiff
import CoppiceNetworks
import CoppiceStore
import CoppiceTensors

/// What masks leave of a network where units of which nothing is left are cut out: asked of its forward graph, which is parted once.
package struct NetworkCompaction: Sendable {
  private let network: Network
  private let units: SilentUnits

  /// The units of a network.
  package init(_ network: Network) throws {
    self.network = network
    units = try SilentUnits(network.forward(batch: 1, isTraining: false))
  }

  /// The size of what masks leave; of a dense network, its own.
  package func record(_ masks: MaskSet?) -> CompactionRecord {
    let removal = masks.map(units.removal)
    func count(_ leaves: [(name: String, shape: Shape)]) -> Int {
      leaves.reduce(0) { count, leaf in
        guard removal?.parts.contains(where: { $0.owns(leaf.name) }) != true else { return count }
        return count + (removal?.kept.shape(leaf.name, leaf.shape) ?? leaf.shape).count
      }
    }
    let parameters = count(network.declarations.map { ($0.name, $0.shape) })
    let buffers = count(network.buffers.map { ($0.name, $0.shape) })
    return CompactionRecord(parameters: parameters, bytes: 4 * (parameters + buffers))
  }
}

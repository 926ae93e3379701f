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
    let kept = masks.map(units.keptAxes) ?? KeptAxes([])
    func count(_ leaves: [(name: String, shape: Shape)]) -> Int {
      leaves.reduce(0) { $0 + kept.shape($1.name, $1.shape).count }
    }
    let parameters = count(network.declarations.map { ($0.name, $0.shape) })
    let buffers = count(network.buffers.map { ($0.name, $0.shape) })
    return CompactionRecord(parameters: parameters, bytes: 4 * (parameters + buffers))
  }
}

extension NetworkCompaction {
  /// What masks keep of every parameter, less what goes where units of which nothing is left are cut out.
  func survivors(_ masks: MaskSet) -> MaskSet {
    let kept = units.keptAxes(under: masks)
    return MaskSet(
      network.declarations.map { declaration in
        let (name, shape) = (declaration.name, declaration.shape)
        let mask = masks[name] ?? Mask(keepingAll: shape)
        let floats = Tensor(shape, mask.bytes.map { Float($0) })
        let left = kept.scattered(
          name, kept.sliced(name, floats), into: Tensor(repeating: 0, shape))
        return (name, Mask(shape, left.scalars.map { $0 == 0 ? 0 : 1 }))
      })
  }
}

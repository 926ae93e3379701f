import CoppiceAutodiff
import CoppiceNetworks
import CoppiceStore
import CoppiceTensors

/// What masks leave of a network where units of which nothing is left are cut out: asked of its forward graph, which is parted once.
package struct NetworkCompaction: Sendable {
  private let network: Network
  private let units: SilentUnits
  /// Bytes of the whole network's intermediate values, one example.
  private let activationBytes: Int

  /// The units of a network.
  package init(_ network: Network) throws {
    self.network = network
    units = try SilentUnits(network.forward(batch: 1, isTraining: false))
    activationBytes = Plan.arenaSize(try network.evaluationGraph(batch: 1))
  }

  /// What the network takes in bytes, whole and under masks; of a dense network, its own.
  package func size(_ masks: MaskSet?) throws -> SizeRecord {
    var size = SizeRecord(
      bytes: 0, bytesSparse: 0, activationBytes: activationBytes, activationBytesCompacted: activationBytes)
    for (name, shape) in network.declarations.map({ ($0.name, $0.shape) }) {
      size.bytes += 4 * shape.count
      size.bytesSparse += SizeRecord.sparseBytes(
        count: shape.count, survivors: masks?[name]?.keptCount ?? shape.count)
    }
    for buffer in network.buffers {
      size.bytes += 4 * buffer.shape.count
      size.bytesSparse += 4 * buffer.shape.count
    }
    guard let masks, isOf(masks) else { return size }
    let removal = units.removal(under: masks)
    guard !removal.kept.isEmpty || !removal.parts.isEmpty else { return size }
    let smaller = try Compacted(removal.kept, without: removal.parts).apply(to: network)
    size.activationBytesCompacted = Plan.arenaSize(try smaller.evaluationGraph(batch: 1))
    return size
  }

  /// Whether masks have the shapes of the network's parameters.
  private func isOf(_ masks: MaskSet) -> Bool {
    network.declarations.allSatisfy { (masks[$0.name]?.shape ?? $0.shape) == $0.shape }
  }

  /// The size of what masks leave; of a dense network, its own.
  package func record(_ masks: MaskSet?) -> CompactionRecord {
    let removal = masks.map(units.removal)
    func count(_ leaves: [(name: String, shape: Shape)]) -> Int {
      removal?.left(of: leaves) ?? leaves.reduce(0) { $0 + $1.shape.count }
    }
    let parameters = count(network.declarations.map { ($0.name, $0.shape) })
    let buffers = count(network.buffers.map { ($0.name, $0.shape) })
    return CompactionRecord(parameters: parameters, bytes: 4 * (parameters + buffers))
  }
}

extension SilentUnits.Removal {
  /// How many elements are left of some parameters or running statistics.
  func left(of leaves: [(name: String, shape: Shape)]) -> Int {
    leaves.reduce(0) { count, leaf in
      guard !parts.contains(where: { $0.owns(leaf.name) }) else { return count }
      return count + kept.shape(leaf.name, leaf.shape).count
    }
  }
}

extension NetworkCompaction {
  /// What masks keep of every parameter, less what goes where units of which nothing is left are cut out.
  func survivors(_ masks: MaskSet) -> MaskSet {
    let removal = units.removal(under: masks)
    let kept = removal.kept
    return MaskSet(
      network.declarations.map { declaration in
        let (name, shape) = (declaration.name, declaration.shape)
        if removal.parts.contains(where: { $0.owns(name) }) {
          return (name, Mask(shape, [UInt8](repeating: 0, count: shape.count)))
        }
        let mask = masks[name] ?? Mask(keepingAll: shape)
        let floats = Tensor(shape, mask.bytes.map { Float($0) })
        let left = kept.scattered(
          name, kept.sliced(name, floats), into: Tensor(repeating: 0, shape))
        return (name, Mask(shape, left.scalars.map { $0 == 0 ? 0 : 1 }))
      })
  }
}

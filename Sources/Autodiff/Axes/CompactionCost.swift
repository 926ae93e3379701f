import CoppiceTensors

/// What is left of a forward graph's operations where units are removed that are part of no path: channels, features and heads as the
/// graph ties them together (`AxisPartition`). Asked for any masks.
package struct CompactionCost: Sendable {
  private let graph: Graph
  private let partition: AxisPartition
  /// The first array of each node among those of the partition.
  private let arrays: [Int]
  /// The nodes that are weights of more than one axis.
  private let weights: [(node: Int, name: String)]

  /// The costs of a forward graph.
  package init(_ forward: Graph) {
    graph = forward
    partition = AxisPartition(forward)
    var (arrays, count) = ([Int](), 0)
    for node in forward.nodes {
      arrays.append(count)
      count += node.outputs.count
    }
    self.arrays = arrays
    weights = forward.nodes.enumerated().compactMap { index, node in
      guard case .parameter(let name)? = node.leaf, node.outputs[0].shape.rank > 1 else { return nil }
      return (index, name)
    }
  }

  /// The operations of one run without the units of which no weight is part of a path. A primitive that cannot do without them yet
  /// counts as a whole.
  ///
  /// - Parameter paths: which elements of each weight are part of a path; one that is not named is left alone.
  package func flops(keeping paths: MaskSet) -> Int {
    let isRemoved = removed(keeping: paths)
    return graph.nodes.indices.reduce(0) { total, index in
      guard let primitive = graph.nodes[index].primitive else { return total }
      return total + flops(of: primitive, index, isRemoved)
    }
  }

  /// Which components own weights, none of which is part of a path, and can be removed.
  private func removed(keeping paths: MaskSet) -> [Bool] {
    var (isOwner, isKept) = (
      [Bool](repeating: false, count: partition.count), [Bool](repeating: false, count: partition.count)
    )
    for (node, name) in weights {
      let shape = graph.nodes[node].outputs[0].shape
      let bytes = paths[name]?.bytes
      var inner = shape.count
      for axis in shape.axes.indices {
        let extent = shape[axis]
        inner /= max(1, extent)
        var isOnPath = [Bool](repeating: bytes == nil, count: extent)
        for (element, byte) in (bytes ?? []).enumerated() where byte != 0 {
          isOnPath[element / inner % extent] = true
        }
        for (place, component) in partition.components(arrays[node], axis: axis).enumerated() {
          isOwner[component] = true
          if isOnPath[place] { isKept[component] = true }
        }
      }
    }
    return isOwner.indices.map { isOwner[$0] && !isKept[$0] && !partition.isFixed[$0] }
  }

  private func flops(of primitive: any Primitive, _ index: Int, _ isRemoved: [Bool]) -> Int {
    let signature = graph.signature(of: index)
    guard let tied = primitive as? any AxisTied else { return primitive.flops(for: signature) }
    func kept(_ array: Int, _ shape: Shape) -> [[Int]] {
      shape.axes.indices.map { axis in
        partition.components(array, axis: axis).enumerated().filter { !isRemoved[$0.element] }.map(\.offset)
      }
    }
    let inputs = zip(graph.nodes[index].inputs, signature.inputs).map {
      kept(arrays[$0.node] + $0.output, $1.shape)
    }
    let outputs = signature.outputs.enumerated().map { kept(arrays[index] + $0, $1.shape) }
    // Where nothing is left of an axis, nothing is computed.
    if (inputs + outputs).contains(where: { $0.contains(where: \.isEmpty) }) { return 0 }
    func smaller(_ types: [ValueType], _ places: [[[Int]]]) -> [ValueType] {
      zip(types, places).map { ValueType(Shape($1.map(\.count)), $0.element) }
    }
    guard
      let resized = resized(tied, keeping: KeptPlaces(inputs: inputs, outputs: outputs), for: signature)
    else { return primitive.flops(for: signature) }
    return resized.flops(
      for: Signature(
        inputs: smaller(signature.inputs, inputs), outputs: smaller(signature.outputs, outputs)))
  }

  private func resized(
    _ primitive: some AxisTied, keeping places: KeptPlaces, for signature: Signature
  ) -> (any Primitive)? {
    primitive.resized(keeping: places, for: signature)
  }
}

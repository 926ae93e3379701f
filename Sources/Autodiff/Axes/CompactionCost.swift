import CoppiceTensors

/// What is left of a forward graph's operations where units are removed that are part of no path: channels, features and heads as the
/// graph ties them together (`AxisPartition`). Asked for any masks.
package struct CompactionCost: Sendable {
  private let axes: GraphAxes
  /// The nodes that are weights of more than one axis.
  private let weights: [(node: Int, name: String)]
  private let branches: [GraphCut]

  /// The costs of a forward graph.
  package init(_ forward: Graph) {
    axes = GraphAxes(forward)
    branches = GraphParts(forward).branches
    weights = forward.nodes.enumerated().compactMap { index, node in
      guard case .parameter(let name)? = node.leaf, node.outputs[0].shape.rank > 1 else { return nil }
      return (index, name)
    }
  }

  /// The operations of one run without the units of which no weight is part of a path, and without the residual branches of which,
  /// moreover, nothing else survives. A primitive that cannot do without them yet counts as a whole.
  ///
  /// - Parameters:
  ///   - paths: which elements of each weight are part of a path; one that is not named is left alone.
  ///   - masks: what survives of all parameters; without it every branch adds what it has besides weights.
  package func flops(keeping paths: MaskSet, under masks: MaskSet? = nil) -> Int {
    let (graph, isRemoved) = (axes.graph, removed(keeping: paths))
    let names = Set(weights.map(\.name))
    let gone = branches.filter { branch in
      branch.part.parameters.allSatisfy { name in
        (names.contains(name) ? paths[name] : masks?[name])?.keptCount == 0
      }
    }
    let idle = Set(gone.flatMap(\.nodes))
    return graph.nodes.indices.reduce(0) { total, index in
      guard let primitive = graph.nodes[index].primitive, !idle.contains(index) else { return total }
      return total + flops(of: primitive, index, isRemoved)
    }
  }

  /// Which components own weights, none of which is part of a path, and can be removed.
  private func removed(keeping paths: MaskSet) -> [Bool] {
    let partition = axes.partition
    var (isOwner, isKept) = (
      [Bool](repeating: false, count: partition.count), [Bool](repeating: false, count: partition.count)
    )
    for (node, name) in weights {
      let shape = axes.graph.nodes[node].outputs[0].shape
      let bytes = paths[name]?.bytes
      var inner = shape.count
      for axis in shape.axes.indices {
        let extent = shape[axis]
        inner /= max(1, extent)
        var isOnPath = [Bool](repeating: bytes == nil, count: extent)
        for (element, byte) in (bytes ?? []).enumerated() where byte != 0 {
          isOnPath[element / inner % extent] = true
        }
        for (place, component) in axes.components(ValueID(node: node), axis: axis).enumerated() {
          isOwner[component] = true
          if isOnPath[place] { isKept[component] = true }
        }
      }
    }
    return isOwner.indices.map { isOwner[$0] && !isKept[$0] && !partition.isFixed[$0] }
  }

  private func flops(of primitive: any Primitive, _ index: Int, _ isRemoved: [Bool]) -> Int {
    let signature = axes.graph.signature(of: index)
    guard let tied = primitive as? any AxisTied, let places = axes.places(of: index, isRemoved) else {
      return primitive.flops(for: signature)
    }
    // Where nothing is left of an axis, nothing is computed.
    if places.isEmptySomewhere { return 0 }
    guard let resized = axes.resized(tied, keeping: places, index) else {
      return primitive.flops(for: signature)
    }
    return resized.flops(for: signature.keeping(places))
  }
}

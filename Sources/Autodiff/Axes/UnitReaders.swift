import CoppiceTensors

/// What reads the units of a graph: places of weights that they are multiplied by and summed over, or anything else.
///
/// A unit that only weights read, all of them 0, makes no difference to any output. It may be removed with all it owns, however alive
/// what makes it is. A sum without weights reads it too, and so does a normalisation across it.
struct UnitReaders: Sendable {
  /// Axes of parameters whose places are multiplied by units and summed over.
  let weights: [(node: Int, axis: Int)]
  /// Whether a component is read by something that no weight silences.
  let isReadOtherwise: [Bool]

  init(_ axes: GraphAxes) {
    let graph = axes.graph
    var isReadOtherwise = axes.partition.isFixed
    var weights: [(node: Int, axis: Int)] = []
    func note(_ value: ValueID, _ axis: Int, _ places: some Sequence<Int>) {
      let components = axes.components(value, axis: axis)
      for place in places { isReadOtherwise[components[place]] = true }
    }
    for (index, node) in graph.nodes.enumerated() {
      guard let tied = node.primitive as? any AxisTied else { continue }
      let signature = graph.signature(of: index)
      func input(_ end: PortAxis) -> ValueID? {
        if case .input(let port) = end.port { node.inputs[port] } else { nil }
      }
      func all(_ value: ValueID, _ axis: Int) -> Range<Int> { 0..<graph.type(of: value).shape[axis] }
      for end in tied.sharedAxes(for: signature) {
        if let value = input(end) { note(value, end.axis, all(value, end.axis)) }
      }
      for tie in tied.ties(for: signature) where tie.isSummed {
        let ends = [tie.first, tie.second]
        let weight = ends.first { end in
          guard tie.first != tie.second, let value = input(end) else { return false }
          guard case .parameter? = graph.nodes[value.node].leaf else { return false }
          return graph.type(of: value).shape.rank > 1
        }
        if let weight, let value = input(weight) {
          if !weights.contains(where: { $0.node == value.node && $0.axis == weight.axis }) {
            weights.append((value.node, weight.axis))
          }
        } else if let value = input(tie.first) {
          note(value, tie.first.axis, tie.pairs.map { $0.map(\.first) } ?? Array(all(value, tie.first.axis)))
        }
      }
    }
    (self.weights, self.isReadOtherwise) = (weights, isReadOtherwise)
  }
}

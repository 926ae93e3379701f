import CoppiceTensors

extension Graph {
  /// The vectors whose element i belongs to element i of a state in every node that reads both, by the state's name: scale and shift
  /// of the normalisation that the running statistics belong to.
  package var vectorsOfStates: [String: [String]] {
    var vectors: [String: [String]] = [:]
    for (index, node) in nodes.enumerated() {
      guard let primitive = node.primitive as? any AxisTied else { continue }
      let partition = AxisPartition(primitive, signature(of: index))
      for (port, input) in node.inputs.enumerated() {
        guard case .state(let state, _)? = nodes[input.node].leaf, type(of: input).shape.rank == 1 else {
          continue
        }
        for (other, vector) in node.inputs.enumerated() {
          guard case .parameter(let name)? = nodes[vector.node].leaf, type(of: vector).shape.rank == 1,
            partition.components(other, axis: 0) == partition.components(port, axis: 0)
          else { continue }
          vectors[state, default: []].append(name)
        }
      }
    }
    return vectors
  }
}

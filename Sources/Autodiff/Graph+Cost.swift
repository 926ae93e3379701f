import CoppiceTensors

extension Graph {
  /// Floating-point operations of one run: 2 × multiply-adds for products, one an element for arithmetic.
  package var flops: Int {
    nodes.indices.reduce(0) { total, index in
      total + (nodes[index].primitive?.flops(for: signature(of: index)) ?? 0)
    }
  }

  /// The number of trained scalars.
  package var parameterCount: Int { parameters.reduce(0) { $0 + $1.shape.count } }

  /// Floating-point operations in which each parameter takes part as the only reader's operand, by name: what masks save.
  /// Operations of nodes that read no parameter are not listed.
  package var flopsByParameter: [String: Int] {
    var flops: [String: Int] = [:]
    for index in nodes.indices {
      guard let primitive = nodes[index].primitive else { continue }
      for input in nodes[index].inputs {
        guard case .parameter(let name)? = nodes[input.node].leaf, nodes[input.node].outputs[0].shape.rank > 1
        else { continue }
        flops[name, default: 0] += primitive.flops(for: signature(of: index))
        break
      }
    }
    return flops
  }
}

import CoppiceTensors

extension Graph {
  /// Floating-point operations of one run: 2 × multiply-adds for products, one an element for arithmetic.
  package var flops: Int {
    nodes.indices.reduce(0) { total, index in
      total + (nodes[index].primitive?.flops(for: signature(of: index)) ?? 0)
    }
  }

  /// Floating-point operations of the nodes that read each parameter of more than one axis, by name: what masks can save. A node
  /// that reads several counts for the first of them, and one that reads none is not listed.
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

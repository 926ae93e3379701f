import CoppiceTensors

extension Graph {
  /// Floating-point operations of one run: 2 × multiply-adds for products, one an element for arithmetic.
  package var flops: Int {
    nodes.indices.reduce(0) { total, index in
      total.plus(nodes[index].primitive?.flops(for: signature(of: index)) ?? 0)
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
        flops[name] = (flops[name] ?? 0).plus(primitive.flops(for: signature(of: index)))
        break
      }
    }
    return flops
  }
}

/// How the floating-point operations of a training step depend on what survives of its weights.
package struct StepCost: Hashable, Sendable {
  /// Operations that no weight of more than one axis has a part in.
  package fileprivate(set) var fixed = 0
  /// Operations that read a weight, forward and back, by its name: as many as are active of it.
  package fileprivate(set) var read: [String: Int] = [:]
  /// Operations that make a weight's gradient and move it, by its name: as many as are trained of it.
  package fileprivate(set) var moved: [String: Int] = [:]

  /// The operations of a step with every weight there.
  package var dense: Int { fixed.plus(read.values.total).plus(moved.values.total) }

  /// The operations of a step of which such fractions of each weight are active and trained.
  package func flops(active: (String) -> Double, trained: (String) -> Double) -> Double {
    // In the order of the names: sums of numbers that are not whole depend on it.
    let weights = Set(read.keys).union(moved.keys).sorted()
    return weights.reduce(Double(fixed)) { sum, name in
      sum + Double(read[name] ?? 0) * active(name) + Double(moved[name] ?? 0) * trained(name)
    }
  }
}

extension Graph {
  /// The operations of this training step, by the weights they are for.
  package var stepCost: StepCost {
    let owners = movedNodes
    var cost = StepCost()
    for index in nodes.indices {
      guard let primitive = nodes[index].primitive else { continue }
      let flops = primitive.flops(for: signature(of: index))
      if let name = owners[index] {
        cost.moved[name] = (cost.moved[name] ?? 0).plus(flops)
      } else if let name = nodes[index].inputs.lazy.compactMap({ weight(at: $0) }).first {
        cost.read[name] = (cost.read[name] ?? 0).plus(flops)
      } else {
        cost.fixed = cost.fixed.plus(flops)
      }
    }
    return cost
  }

  /// The name of a weight of more than one axis that a value is; `nil` for any other value.
  private func weight(at value: ValueID) -> String? {
    guard case .parameter(let name)? = nodes[value.node].leaf, nodes[value.node].outputs[0].shape.rank > 1
    else { return nil }
    return name
  }

  /// The nodes that move a weight, make its gradient, or do anything else with the gradient alone (its norm), by the weight's name.
  private var movedNodes: [Int: String] {
    var owners: [Int: String] = [:]
    for update in updates {
      guard let name = weight(at: update.leaf) else { continue }
      let shape = type(of: update.leaf).shape
      // Back from the update to what made the gradient: elementwise operations on arrays of the weight's shape, and what begins them.
      var open = [update.value.node]
      while let index = open.popLast() {
        guard nodes[index].leaf == nil, owners[index] == nil else { continue }
        owners[index] = name
        let isProduct = index != update.value.node && !isElementwise(index)
        if !isProduct { open += nodes[index].inputs.filter { type(of: $0).shape == shape }.map(\.node) }
      }
    }
    for index in nodes.indices where owners[index] == nil && nodes[index].leaf == nil {
      let arrays = nodes[index].inputs.filter { type(of: $0).shape.rank > 0 }
      guard let first = arrays.first, let owner = owners[first.node],
        arrays.allSatisfy({ owners[$0.node] == owner })
      else { continue }
      owners[index] = owner
    }
    return owners
  }

  private func isElementwise(_ node: Int) -> Bool {
    let primitive = nodes[node].primitive
    return primitive is any PointwisePrimitive || primitive is Masked || primitive is Select
  }
}

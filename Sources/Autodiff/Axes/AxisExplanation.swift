import CoppiceTensors

/// What goes together in a forward graph, as a person asks it: families of units, the operations that tie each together, and why what
/// stays cannot be removed.
package struct AxisExplanation: Sendable {
  /// Some places along one axis of a parameter or state, of every unit of a family as many.
  package struct Part: Hashable, Sendable {
    /// The leaf's name: `fc1.weight`.
    package let leaf: String
    package let shape: Shape
    /// The axis, counted from 0.
    package let axis: Int
    /// How many places along it each unit owns.
    package let places: Int
  }

  /// An operation that a unit goes through: `convolution` in `blocks.0.conv1`.
  package struct Operation: Hashable, Sendable {
    package let primitive: String
    /// The part of the model that it is in; empty at the top.
    package let scope: String
  }

  /// Units that own as much of the same axes of the same leaves, and stay for the same reason if they do.
  package struct Family: Sendable {
    /// How many units.
    package let count: Int
    /// What primitives call them: `head`.
    package let labels: Set<String>
    /// What each owns, parameters before states.
    package let parts: [Part]
    /// How many elements of parameters each owns.
    package let parameters: Int
    /// What the first of them goes through, in order, each once.
    package let operations: [Operation]
    /// Why none can be removed; `nil` where they can.
    package let reason: String?
  }

  /// A residual branch, or a block.
  package struct Section: Sendable {
    /// What is left in its place.
    package let kind: GraphPart.Kind
    /// The part of the model that it is in, or that it is.
    package let scope: String
    /// The parameters that go with it.
    package let names: [String]
    /// How many elements these have.
    package let parameters: Int
    /// What it goes through, in order, each once.
    package let operations: [Operation]
    /// Why it cannot be left out; `nil` where it can.
    package let reason: String?
  }

  /// The families, in the order of the first place of each.
  package let families: [Family]
  /// The residual branches, then the blocks.
  package let sections: [Section]

  /// Explains a forward graph.
  package init(_ forward: Graph) {
    let axes = GraphAxes(forward)
    let reasons = axes.reasons
    var operations = [[Int]](repeating: [], count: axes.partition.count)
    for (index, node) in forward.nodes.enumerated() where node.primitive != nil {
      let values = node.inputs + node.outputs.indices.map { ValueID(node: index, output: $0) }
      for value in values {
        for axis in forward.type(of: value).shape.axes.indices {
          for component in axes.components(value, axis: axis) where operations[component].last != index {
            operations[component].append(index)
          }
        }
      }
    }
    struct Key: Hashable {
      let parts: [Part]
      let reason: String?
    }
    var (places, found): ([Key: Int], [(key: Key, first: Int, count: Int)]) = ([:], [])
    for (component, parts) in axes.parts where !parts.isEmpty {
      let key = Key(parts: parts, reason: reasons[component])
      if let place = places[key] {
        found[place].count += 1
      } else {
        places[key] = found.count
        found.append((key, component, 1))
      }
    }
    families = found.map { key, first, count in
      var met: Set<Operation> = []
      let passed = operations[first].map {
        Operation(primitive: forward.nodes[$0].primitive?.name ?? "", scope: forward.nodes[$0].scope)
      }
      return Family(
        count: count, labels: axes.partition.labels[first], parts: key.parts,
        parameters: axes.parameters(of: first), operations: passed.filter { met.insert($0).inserted },
        reason: key.reason)
    }
    let parts = GraphParts(forward)
    sections =
      parts.branches.map { forward.section($0.part, $0, reason: nil) }
      + parts.blocks.map { forward.section($0.part, $0.cut, reason: $0.reason) }
  }
}

extension Graph {
  fileprivate func section(
    _ part: GraphPart, _ cut: GraphCut?, reason: String?
  ) -> AxisExplanation.Section {
    var met: Set<AxisExplanation.Operation> = []
    let passed = (cut?.nodes ?? []).compactMap { index in
      nodes[index].primitive.map { AxisExplanation.Operation(primitive: $0.name, scope: nodes[index].scope) }
    }
    let own = Set(part.parameters)
    return AxisExplanation.Section(
      kind: part.kind, scope: part.scope, names: part.parameters,
      parameters: parameters.filter { own.contains($0.name) }.reduce(0) { $0 + $1.shape.count },
      operations: passed.filter { met.insert($0).inserted }, reason: reason)
  }
}

extension GraphAxes {
  /// What each component owns of parameters, then of states, in the order of their first places. One of states alone owns nothing.
  fileprivate var parts: [(component: Int, parts: [AxisExplanation.Part])] {
    var (numbers, found): ([Int: Int], [(component: Int, parts: [AxisExplanation.Part])]) = ([:], [])
    for isState in [false, true] {
      for (node, name) in leaves {
        if case .state? = graph.nodes[node].leaf { if !isState { continue } } else if isState { continue }
        let shape = graph.nodes[node].outputs[0].shape
        for axis in shape.axes.indices {
          var (order, counts): ([Int], [Int: Int]) = ([], [:])
          for component in components(ValueID(node: node), axis: axis) {
            if counts.updateValue((counts[component] ?? 0) + 1, forKey: component) == nil {
              order.append(component)
            }
          }
          for component in order {
            let part = AxisExplanation.Part(
              leaf: name, shape: shape, axis: axis, places: counts[component] ?? 0)
            if let number = numbers[component] {
              found[number].parts.append(part)
            } else if !isState {
              numbers[component] = found.count
              found.append((component, [part]))
            }
          }
        }
      }
    }
    return found
  }

  /// How many elements of parameters a component owns.
  fileprivate func parameters(of component: Int) -> Int {
    leaves.reduce(0) { total, leaf in
      guard case .parameter? = graph.nodes[leaf.node].leaf else { return total }
      let shape = graph.nodes[leaf.node].outputs[0].shape
      let kept = shape.axes.indices.reduce(1) { count, axis in
        count * components(ValueID(node: leaf.node), axis: axis).count { $0 != component }
      }
      return total + shape.count - kept
    }
  }

  /// Why each component cannot be removed; `nil` for one that can.
  fileprivate var reasons: [String?] {
    var reasons = [String?](repeating: nil, count: partition.count)
    func note(_ reason: String, _ value: ValueID) {
      for axis in graph.type(of: value).shape.axes.indices {
        for component in components(value, axis: axis) where reasons[component] == nil {
          reasons[component] = reason
        }
      }
    }
    for output in graph.outputs { note("reaches the output \(output.name)", output.value) }
    for (index, node) in graph.nodes.enumerated() {
      if case .input(let name)? = node.leaf { note("reaches the input \(name)", ValueID(node: index)) }
    }
    for (index, node) in graph.nodes.enumerated() {
      guard let primitive = node.primitive else { continue }
      let place = primitive.name + (node.scope.isEmpty ? "" : " in \(node.scope)")
      let values = node.inputs + node.outputs.indices.map { ValueID(node: index, output: $0) }
      guard let tied = primitive as? any AxisTied else {
        for value in values { note("\(place) has no smaller form", value) }
        continue
      }
      let local = AxisPartition(tied, graph.signature(of: index))
      for (port, value) in values.enumerated() {
        for axis in graph.type(of: value).shape.axes.indices {
          let parts = local.components(port, axis: axis)
          for (part, component) in zip(parts, components(value, axis: axis))
          where local.isFixed[part] && reasons[component] == nil {
            reasons[component] = "\(place) needs all of axis \(axis) of \(name(of: value, port, in: index))"
          }
        }
      }
    }
    for component in reasons.indices {
      if !partition.isFixed[component] {
        reasons[component] = nil
      } else if reasons[component] == nil {
        reasons[component] = "a sum over it has terms that are not 0 where it would be removed"
      }
    }
    return reasons
  }

  private func name(of value: ValueID, _ port: Int, in node: Int) -> String {
    let count = graph.nodes[node].inputs.count
    guard port < count else { return "its output" }
    return graph.nodes[value.node].leaf?.name ?? (count == 1 ? "its input" : "its input \(port)")
  }
}

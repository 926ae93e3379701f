import CoppiceTensors

extension Graph {
  /// The same graph without detours, with each computation made once and none that nobody reads. Outputs and updates keep their
  /// meaning.
  package var simplified: Graph {
    passingPanelsOn().fusingRectifiers().mergingEqualNodes().removingDeadNodes()
  }

  /// Common subexpressions: nodes of the same primitive on the same inputs become one.
  func mergingEqualNodes() -> Graph {
    struct Key: Hashable {
      let primitive: AnyHashable
      let inputs: [ValueID]
    }
    var result = Graph()
    var renamed: [ValueID: ValueID] = [:]
    var known: [Key: Int] = [:]
    for (index, node) in nodes.enumerated() {
      var node = node
      node.inputs = node.inputs.map { renamed[$0] ?? $0 }
      let key: Key
      switch node.operation {
      case .primitive(let primitive): key = Key(primitive: AnyHashable(primitive), inputs: node.inputs)
      case .leaf(let leaf): key = Key(primitive: [AnyHashable(leaf), AnyHashable(node.outputs)], inputs: [])
      }
      let place = known[key] ?? result.nodes.count
      if place == result.nodes.count {
        result.nodes.append(node)
        known[key] = place
      }
      for output in node.outputs.indices {
        renamed[ValueID(node: index, output: output)] = ValueID(node: place, output: output)
      }
    }
    result.outputs = outputs.map { ($0.name, renamed[$0.value] ?? $0.value) }
    result.updates = updates.map { (renamed[$0.leaf] ?? $0.leaf, renamed[$0.value] ?? $0.value) }
    return result
  }

  /// Dead code: nodes on which no output and no update depends. Leaves with a name stay, so that they can be written.
  func removingDeadNodes() -> Graph { removingDeadNodes { $0.name != nil } }

  /// The same where only such leaves stay.
  func removingDeadNodes(except stays: (Leaf) -> Bool) -> Graph {
    var isLive = nodes.map { $0.leaf.map(stays) ?? false }
    for value in outputs.map(\.value) + updates.map(\.value) { isLive[value.node] = true }
    for index in nodes.indices.reversed() where isLive[index] {
      for input in nodes[index].inputs { isLive[input.node] = true }
    }
    var result = Graph()
    var place = [Int](repeating: -1, count: nodes.count)
    func moved(_ value: ValueID) -> ValueID { ValueID(node: place[value.node], output: value.output) }
    for (index, node) in nodes.enumerated() where isLive[index] {
      place[index] = result.nodes.count
      var node = node
      node.inputs = node.inputs.map(moved)
      result.nodes.append(node)
    }
    result.outputs = outputs.map { ($0.name, moved($0.value)) }
    result.updates = updates.map { (moved($0.leaf), moved($0.value)) }
    return result
  }
}

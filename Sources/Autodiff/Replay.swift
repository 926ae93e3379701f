import CoppiceTensors

/// What a replayed graph became in the graph it was added to.
package struct Replay {
  private let graph: Graph
  private var values: [ValueID: Value] = [:]

  fileprivate init(_ graph: Graph) { self.graph = graph }

  /// What an output of a node of the replayed graph became.
  package fileprivate(set) subscript(id: ValueID) -> Value? {
    get { values[id] }
    set { values[id] = newValue }
  }

  /// What the output of that name became.
  package subscript(name: String) -> Value? {
    graph.outputs.first { $0.name == name }.flatMap { values[$0.value] }
  }

  /// What the replayed graph's outputs became, in order.
  package var outputs: [(name: String, value: Value)] {
    graph.outputs.compactMap { output in values[output.value].map { (output.name, $0) } }
  }
}

extension GraphBuilder {
  /// Adds the nodes and updates of a graph to this one, some of them changed. Its outputs are not marked: `Replay` names them.
  ///
  /// - Parameters:
  ///   - prefix: stands before the names of leaves and before scopes, so that a second network keeps its own:
  ///     `teacher/fc1.weight`.
  ///   - leaf: gives what stands for a leaf; `nil` leaves it as it is.
  ///   - type: gives the type of the leaf at that index, where it is another than in the graph.
  ///   - node: gives the outputs of the node of that index, from what its inputs became; `nil` leaves it as it is.
  package func replay(
    _ graph: Graph, prefix: String = "", leaf: (Graph.Leaf, ValueType) -> Value? = { _, _ in nil },
    type: (_ index: Int, ValueType) -> ValueType = { $1 },
    node: (_ index: Int, _ inputs: [Value]) -> [Value]? = { _, _ in nil }
  ) -> Replay {
    var replay = Replay(graph)
    for (index, original) in graph.nodes.enumerated() {
      let outputs = within(prefix + original.scope) {
        switch original.operation {
        case .leaf(let kind):
          let type = type(index, original.outputs[0])
          return [leaf(kind, type) ?? add(kind, type, prefix)]
        case .primitive(let primitive):
          let inputs = original.inputs.compactMap { replay[$0] }
          return node(index, inputs) ?? Array(applyAll(primitive, inputs).prefix(original.outputs.count))
        }
      }
      for (output, value) in outputs.enumerated() { replay[ValueID(node: index, output: output)] = value }
    }
    for change in graph.updates {
      if let leaf = replay[change.leaf], let value = replay[change.value] { update(leaf, with: value) }
    }
    return replay
  }

  private func add(_ leaf: Graph.Leaf, _ type: ValueType, _ prefix: String) -> Value {
    switch leaf {
    case .input(let name): input(prefix + name, type.shape, type.element)
    case .parameter(let name): parameter(prefix + name, type.shape)
    case .state(let name, let initial): state(prefix + name, type.shape, initial: initial)
    case .constant(let number): constant(number, type.shape)
    }
  }
}

import CoppiceAutodiff
import CoppiceTensors
import Testing

/// What adding a graph to another promises.
struct ReplayTests {
  /// `relu(x · Wᵀ) · 2` with a running state that follows the sum of x.
  private func network() throws -> Graph {
    try Graph.trace { builder in
      let x = builder.input("x", [2, 3])
      let h = builder.within("fc1") {
        builder.apply(Affine(hasBias: false), x, builder.parameter("fc1.weight", [4, 3]))
      }
      builder.output("h", h)
      let seen = builder.state("seen", .scalar, initial: 1)
      builder.update(seen, with: seen + x.sum)
      builder.output("y", h.relu * builder.constant(2))
    }
  }

  private func replayed(
    _ graph: Graph, prefix: String = "",
    leaf: (GraphBuilder, Graph.Leaf, ValueType) -> Value? = { _, _, _ in nil },
    node: (GraphBuilder, Int, [Value]) -> [Value]? = { _, _, _ in nil }
  ) throws -> Graph {
    try Graph.trace { builder in
      let replay = builder.replay(
        graph, prefix: prefix, leaf: { leaf(builder, $0, $1) }, node: { node(builder, $0, $1) })
      for (name, value) in replay.outputs { builder.output(name, value) }
    }
  }

  @Test func withoutChangesItIsTheSameGraph() throws {
    #expect("\(try replayed(network()))" == "\(try network())")
  }

  @Test func twoNetworksKeepTheirLeavesApart() throws {
    let network = try network()
    let graph = try Graph.trace { builder in
      let own = builder.replay(network)
      let other = builder.replay(network, prefix: "teacher/") { leaf, type in
        leaf.name == "x" ? builder.input("x", type.shape) : nil
      }
      if let a = own["y"], let b = other["y"] { builder.output("difference", a - b) }
    }
    #expect(
      graph.nodes.compactMap { $0.leaf?.name } == [
        "x", "fc1.weight", "seen", "teacher/fc1.weight", "teacher/seen",
      ])
    #expect(graph.nodes.filter { $0.primitive is Affine }.map(\.scope) == ["fc1", "teacher/fc1"])
    #expect(graph.updates.map { graph.nodes[$0.leaf.node].leaf?.name } == ["seen", "teacher/seen"])
  }

  @Test func leavesAndNodesAreChanged() throws {
    let network = try network()
    let graph = try replayed(network) { builder, leaf, type in
      guard case .parameter(let name) = leaf else { return nil }
      return builder.parameter(name, type.shape) * builder.parameter("\(name).gate", type.shape)
    } node: { _, index, inputs in
      network.nodes[index].primitive is ReLU ? [inputs[0].sigmoid] : nil
    }
    #expect(graph.parameters.map(\.name) == ["fc1.weight", "fc1.weight.gate"])
    #expect(
      graph.nodes.compactMap { $0.primitive?.name }.filter {
        ["affine", "relu", "sigmoid", "multiply"].contains($0)
      }
        == ["multiply", "affine", "sigmoid", "multiply"])
  }

  @Test func saysWhatAValueBecame() throws {
    let network = try network()
    _ = try Graph.trace { builder in
      _ = builder.input("before", [1])
      let replay = builder.replay(network)
      for index in network.nodes.indices {
        #expect(replay[ValueID(node: index)]?.type == network.nodes[index].outputs[0])
        #expect(replay[ValueID(node: index)]?.id.node == index + 1)
      }
      #expect(replay["h"]?.id == replay[network.outputs[0].value]?.id)
      #expect(replay["z"] == nil && replay.outputs.map(\.name) == ["h", "y"])
    }
  }
}

import CoppiceAutodiff
import CoppiceTensors
import Testing

/// Sparse layers that follow each other pass panels on, and so do their gradients; nothing else changes.
struct DirectPanelsTests {
  private let patterns = [
    "a": SparsePattern(Mask([20, 12], (0..<240).map { $0 % 3 == 0 ? 1 : 0 })),
    "b": SparsePattern(Mask([7, 20], (0..<140).map { $0 % 4 == 1 ? 1 : 0 })),
  ]

  /// Two sparse layers on five rows, and the gradients by everything, the rows between them included.
  private func gradients() throws -> Graph {
    try Graph.trace { builder in
      let x = builder.input("x", [5, 12])
      func layer(_ x: Value, _ name: String, rectifies: Bool) -> (y: Value, weight: Value) {
        guard let pattern = patterns[name] else { preconditionFailure(name) }
        let weight = builder.input(name, [pattern.count])
        let bias = builder.input("\(name).bias", [pattern.shape[0]])
        let affine = Affine(hasBias: true, rectifies: rectifies)
        return (affine.sparse([x, weight, bias], pattern, survivors: weight), weight)
      }
      let (hidden, a) = layer(x, "a", rectifies: true)
      let (y, b) = layer(hidden, "b", rectifies: false)
      builder.output("y", y)
      let loss = (y * builder.input("c", y.shape)).sum
      for (name, gradient) in zip(
        ["x", "hidden", "a", "b"], builder.gradients(of: loss, wrt: [x, hidden, a, b]))
      {
        builder.output(name, gradient)
      }
    }
  }

  private func count(_ name: String, _ graph: Graph) -> Int {
    graph.nodes.count { $0.primitive?.name == name }
  }

  @Test func thereAreNoDetours() throws {
    let graph = try gradients(), simplified = graph.simplified
    try simplified.verify()
    // Of x and of the loss's gradient; y's rows, and the gradients of x and of the rows between.
    #expect(count("panels", simplified) == 2 && count("panels", graph) > 2)
    #expect(count("panel-rows", simplified) == 3 && count("panel-rows", graph) >= 3)
  }

  @Test func bitsStayAndAgreeWithTheReference() throws {
    let graph = try gradients(), simplified = graph.simplified
    var leaves: [String: ReferenceArray] = [:]
    var random = RandomStream(seed: 5, stream: .generation)
    for node in graph.nodes {
      guard let name = node.leaf?.name else { continue }
      let shape = node.outputs[0].shape
      leaves[name] = ReferenceArray(
        shape, (0..<shape.count).map { _ in Double(random.uniform(from: -1, to: 1)) })
    }
    let wanted = try Interpreter.outputs(of: graph, leaves)
    let found = [graph, simplified].map { graph in
      let executor = Executor(Plan(graph))
      for (name, array) in leaves where executor.hasLeaf(name) {
        executor.write(name, array.scalars.map(Float.init))
      }
      executor.run()
      return graph.outputs.map { executor.output($0.name).scalars }
    }
    #expect(found[0] == found[1])
    for (output, scalars) in zip(graph.outputs, found[1]) {
      let expected = try #require(wanted[output.name]).scalars
      #expect(expected.contains { $0 != 0 }, "\(output.name)")
      for (a, b) in zip(scalars, expected) { #expect(abs(Double(a) - b) < 1e-5, "\(output.name)") }
    }
  }
}

import CoppiceAutodiff
import CoppiceTensors
import Testing

/// Sparse layers that follow each other pass panels on, and so do their gradients; nothing else changes.
struct DirectPanelsTests {
  /// What stands between two sparse layers.
  enum Between: CaseIterable {
    case rectifier, gelu, sigmoidOfSiLU, exponential

    func callAsFunction(_ x: Value) -> Value {
      switch self {
      case .rectifier: x
      case .gelu: x.gelu
      case .sigmoidOfSiLU: x.silu.sigmoid
      case .exponential: x.exponential
      }
    }

    /// Whether it works on panels. An exponential may be infinite where no row is.
    var isOnPanels: Bool { self != .exponential }
  }

  private let patterns = [
    "a": SparsePattern(Mask([20, 12], (0..<240).map { $0 % 3 == 0 ? 1 : 0 })),
    "b": SparsePattern(Mask([7, 20], (0..<140).map { $0 % 4 == 1 ? 1 : 0 })),
  ]

  /// Two sparse layers on five rows, and the gradients by everything, by the rows of the first only if asked.
  private func gradients(_ between: Between = .rectifier, ofRows: Bool = true) throws -> Graph {
    try Graph.trace { builder in
      let x = builder.input("x", [5, 12])
      func layer(_ x: Value, _ name: String, rectifies: Bool) -> (y: Value, weight: Value) {
        guard let pattern = patterns[name] else { preconditionFailure(name) }
        let weight = builder.input(name, [pattern.count])
        let bias = builder.input("\(name).bias", [pattern.shape[0]])
        let affine = Affine(hasBias: true, rectifies: rectifies)
        return (affine.sparse([x, weight, bias], pattern, survivors: weight), weight)
      }
      let (hidden, a) = layer(x, "a", rectifies: between == .rectifier)
      let (y, b) = layer(between(hidden), "b", rectifies: false)
      builder.output("y", y)
      let loss = (y * builder.input("c", y.shape)).sum
      let sources = [("x", x), ("a", a), ("b", b)] + (ofRows ? [("hidden", hidden)] : [])
      for ((name, _), gradient) in zip(sources, builder.gradients(of: loss, wrt: sources.map(\.1))) {
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

  @Test(arguments: Between.allCases) func activationsBetweenWorkOnPanels(_ between: Between) throws {
    let graph = try gradients(between, ofRows: false).simplified
    let onPanels = graph.nodes.filter {
      $0.primitive is any PointwisePrimitive && $0.outputs[0].shape.rank == 3
    }
    #expect(onPanels.isEmpty != between.isOnPanels || between == .rectifier)
    // The detours of an exponential and of its gradient are left as they are.
    #expect(count("panels", graph) == (between.isOnPanels ? 2 : 4))
  }

  @Test("an activation stays on rows where rows are read as well") func activationsThatAreRead() throws {
    let graph = try Graph.trace { builder in
      let x = builder.input("x", [5, 12])
      func sparse(_ x: Value, _ name: String) throws -> Value {
        let pattern = try #require(patterns[name])
        let weight = builder.input(name, [pattern.count])
        return Affine(hasBias: false).sparse([x, weight], pattern, survivors: weight)
      }
      let hidden = try sparse(x, "a").gelu
      builder.output("y", try sparse(hidden.silu, "b"))
      builder.output("hidden", hidden)
    }.simplified
    try graph.verify()
    #expect(
      graph.nodes.filter { $0.primitive is any PointwisePrimitive }.allSatisfy {
        $0.outputs[0].shape == [5, 20]
      })
  }

  @Test(arguments: Between.allCases) func bitsStayAndAgreeWithTheReference(_ between: Between) throws {
    let graph = try gradients(between), simplified = graph.simplified
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

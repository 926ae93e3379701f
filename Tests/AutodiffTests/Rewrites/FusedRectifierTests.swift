import CoppiceAutodiff
import CoppiceTensors
import Testing

/// A gradient passes pooling and rectifier in one node, and nothing else changes.
struct FusedRectifierTests {
  private func gradients(pooled: Bool) throws -> Graph {
    try Graph.trace { builder in
      let x = builder.input("x", [3, 2, 9, 8])
      let (w, b) = (builder.input("w", [5, 2, 3, 3]), builder.input("b", [5]))
      let y = x.convolution(w, bias: b, padding: 1, rectifies: true)
      let loss = ((pooled ? y.maxPooled(2) : y.exponential) * builder.input("c", [])).sum
      for (name, gradient) in zip(["x", "w", "b"], builder.gradients(of: loss, wrt: [x, w, b])) {
        builder.output(name, gradient)
      }
    }
  }

  private func names(_ graph: Graph) -> Set<String> { Set(graph.nodes.compactMap { $0.primitive?.name }) }

  private func bits(_ graph: Graph) -> [[UInt32]] {
    let executor = Executor(Plan(graph))
    var random = RandomStream(seed: 5, stream: .generation)
    for node in graph.nodes {
      if let name = node.leaf?.name { executor.withFloats(name) { random.fillUniform($0, from: -1, to: 1) } }
    }
    executor.run()
    return graph.outputs.map { executor.output($0.name).scalars.map(\.bitPattern) }
  }

  @Test func poolingAndRectifierAreOneNode() throws {
    let graph = try gradients(pooled: true)
    #expect(names(graph).isSuperset(of: ["max-pool-gradient", "relu-channel-gradient"]))
    let simplified = graph.simplified
    try simplified.verify()
    #expect(names(simplified).contains("max-pool-relu-channel-gradient"))
    #expect(names(simplified).isDisjoint(with: ["max-pool-gradient", "relu-channel-gradient"]))
    #expect(bits(simplified) == bits(graph))
  }

  @Test func aRectifierWithoutPoolingStays() throws {
    let graph = try gradients(pooled: false)
    #expect(names(graph.simplified).contains("relu-channel-gradient"))
    #expect(!names(graph.simplified).contains("max-pool-relu-channel-gradient"))
    #expect(bits(graph.simplified) == bits(graph))
  }

  @Test("a pooling of something else than the rectifier's output stays")
  func anotherPoolingStays() throws {
    let graph = try Graph.trace { builder in
      let (g, x, y) = (
        builder.input("g", [2, 3, 2, 2]), builder.input("x", [2, 3, 4, 4]), builder.input("y", [2, 3, 4, 4])
      )
      let pooled = builder.apply(MaxPool.Gradient(PoolingWindows(2)), g, x)
      let both = builder.applyAll(ReLU.ChannelGradient(), [pooled, y])
      builder.output("z", both[0])
      builder.output("sums", both[1])
    }
    #expect("\(graph.simplified)" == "\(graph)")
  }
}

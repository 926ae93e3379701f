import CoppiceAutodiff
import CoppiceTensors
import Testing

/// What one node for a convolution, its normalisation and its rectifier promises: the same bits, and nothing stored between.
struct FusedNormalizationTests {
  private func normalized(_ x: Value, _ name: String, kernel: Int, groups: Int = 1) -> Value {
    let (builder, channels) = (x.builder, x.shape[1])
    func vector(_ part: String) -> Value { builder.parameter("\(name).\(part)", [channels]) }
    return x.convolution(
      builder.parameter(name, [channels, channels / groups, kernel, kernel]), padding: kernel / 2,
      groups: groups
    ).batchNormalized(
      gamma: vector("gamma"), beta: vector("beta"), mean: vector("mean"), variance: vector("variance"))
  }

  private func names(_ graph: Graph) -> [String] { graph.nodes.compactMap { $0.primitive?.name } }

  private func bits(_ graph: Graph, threads: Int = 1) -> [[UInt32]] {
    let executor = Executor(Plan(graph), threads: threads, handover: 0)
    for (name, _) in graph.parameters + [("x", [])] {
      var random = RandomStream(
        seed: UInt64(name.utf8.reduce(7) { $0 &* 31 &+ Int($1) }), stream: .generation)
      executor.withFloats(name) {
        random.fillUniform($0, from: name.hasSuffix("variance") ? 0.1 : -1, to: 1)
      }
    }
    for _ in 0..<2 { executor.run() }
    return graph.outputs.map { executor.output($0.name).scalars.map(\.bitPattern) }
  }

  @Test(
    "an inverted residual block is three nodes, with the bits of all its parts", arguments: [1, 3])
  func blocks(batch: Int) throws {
    let graph = try Graph.trace { builder in
      let x = builder.input("x", [batch, 20, 9, 10])
      let inner = normalized(
        normalized(x, "a", kernel: 1).relu6, "b", kernel: 3, groups: 20
      ).relu6
      builder.output("y", x + normalized(inner, "c", kernel: 3))
    }
    let fused = graph.fusingNormalizations()
    try fused.verify()
    #expect(names(fused) == Array(repeating: "normalized-convolution", count: 3))
    let expected = bits(graph)
    for threads in [1, 2, 3] { #expect(bits(fused, threads: threads) == expected) }
    // And a few examples at a time.
    #expect(bits(fused.inMicroBatches(threads: 2, bytes: 20_000), threads: 2) == expected)
  }

  @Test(
    "of a sum of two normalisations one is a residual of the other, and a rectifier follows",
    arguments: [1, 2])
  func sums(batch: Int) throws {
    let graph = try Graph.trace { builder in
      let x = builder.input("x", [batch, 18, 8, 9])
      builder.output("y", (normalized(x, "a", kernel: 1) + normalized(x, "b", kernel: 3)).relu)
      let (c, d) = (normalized(x, "c", kernel: 1), normalized(x, "d", kernel: 1).relu)
      builder.output("z", d + c)
      builder.output("twice", c.exponential)
    }
    let fused = graph.fusingNormalizations()
    try fused.verify()
    #expect(
      names(fused) == Array(repeating: "normalized-convolution", count: 4) + ["add", "exponential"])
    for threads in [1, 2] { #expect(bits(fused, threads: threads) == bits(graph)) }
  }

  @Test("a rectifier goes along, one that somebody else's result needs does not")
  func rectifiers() throws {
    let graph = try Graph.trace { builder in
      let y = normalized(builder.input("x", [2, 16, 8, 8]), "a", kernel: 3)
      builder.output("y", y.relu)
      builder.output("before", y)
    }
    let fused = graph.fusingNormalizations()
    #expect(names(fused) == ["normalized-convolution", "relu"])
    #expect(bits(fused) == bits(graph))
    let alone = try Graph.trace { builder in
      builder.output("y", normalized(builder.input("x", [2, 16, 8, 8]), "a", kernel: 3).relu)
    }
    #expect(names(alone.fusingNormalizations()) == ["normalized-convolution"])
    #expect(bits(alone.fusingNormalizations()) == bits(alone))
  }

  @Test("pruned convolutions go along as dense ones do", arguments: [1, 3])
  func sparse(batch: Int) throws {
    let graph = try Graph.trace { builder in
      func layer(_ x: Value, _ name: String) -> Value {
        let pattern = SparsePattern(Mask([18, 18, 3, 3], (0..<2916).map { $0 % 5 == 1 ? 1 : 0 }))
        func vector(_ part: String) -> Value { builder.parameter("\(name).\(part)", [18]) }
        return builder.apply(
          SparseConvolution(.init(padding: 1), pattern), x, builder.parameter(name, [pattern.count])
        ).batchNormalized(
          gamma: vector("gamma"), beta: vector("beta"), mean: vector("mean"), variance: vector("variance"))
      }
      let x = builder.input("x", [batch, 18, 8, 16])
      builder.output("y", (layer(layer(x, "a").relu, "b") + x).relu)
    }
    let fused = graph.fusingNormalizations()
    try fused.verify()
    #expect(names(fused) == Array(repeating: "sparse-normalized-convolution", count: 2))
    let expected = bits(graph)
    for threads in [1, 2] { #expect(bits(fused, threads: threads) == expected) }
    #expect(bits(fused.inMicroBatches(threads: 2, bytes: 40_000), threads: 2) == expected)
  }

  @Test("what else is read, or has a bias, stays as it is")
  func others() throws {
    let graph = try Graph.trace { builder in
      let x = builder.input("x", [2, 4, 5, 5])
      let sums = x.convolution(builder.parameter("w", [4, 4, 3, 3]))
      func vector(_ name: String) -> Value { builder.parameter(name, [4]) }
      let biased = x.convolution(builder.parameter("v", [4, 4, 3, 3]), bias: vector("b"))
      for (name, y) in [("y", sums), ("z", biased)] {
        builder.output(
          name,
          y.batchNormalized(
            gamma: vector("gamma"), beta: vector("beta"), mean: vector("mean"), variance: vector("variance")))
      }
      builder.output("sums", sums)
    }
    #expect("\(graph.fusingNormalizations())" == "\(graph)")
  }
}

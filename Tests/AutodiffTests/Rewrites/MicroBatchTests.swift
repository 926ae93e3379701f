import CoppiceAutodiff
import CoppiceTensors
import Testing

/// What putting operations together into micro-batches promises: less memory, and nothing else changes.
struct MicroBatchTests {
  /// Two convolutions, a sum with what is between them, and a maximum, on twelve images; a linear layer behind.
  private func network() throws -> Graph {
    try Graph.trace { builder in
      let x = builder.input("x", [12, 2, 9, 9])
      let first = x.convolution(
        builder.parameter("a", [5, 2, 3, 3]), bias: builder.parameter("c", [5]), padding: 1, rectifies: true)
      let second = first.convolution(builder.parameter("b", [5, 5, 3, 3]), padding: 1)
      let rows = (first + second).relu.maxPooled(2).flattened(from: 1)
      builder.output("y", builder.apply(Affine(hasBias: false), rows, builder.parameter("d", [3, 80])))
    }
  }

  private func names(_ graph: Graph) -> [String] { graph.nodes.compactMap { $0.primitive?.name } }

  private func bits(_ graph: Graph, threads: Int) -> [UInt32] {
    let executor = Executor(Plan(graph), threads: threads, handover: 0)
    var random = RandomStream(seed: 5, stream: .generation)
    for node in graph.nodes {
      if let name = node.leaf?.name { executor.withFloats(name) { random.fillUniform($0, from: -1, to: 1) } }
    }
    for _ in 0..<2 { executor.run() }
    return executor.output("y").scalars.map(\.bitPattern)
  }

  @Test(
    "one node, the same bits however many threads share it, and less memory",
    arguments: [7_300, 14_000, 20_000])
  func bitsStay(bytes: Int) throws {
    let plain = try network(), expected = bits(plain, threads: 1)
    for threads in [1, 2, 3, 5] {
      let graph = plain.inMicroBatches(threads: threads, bytes: bytes)
      try graph.verify()
      #expect(names(graph) == ["micro-batches", "merge-axes", "affine"])
      #expect(bits(graph, threads: threads) == expected)
      #expect(Plan(graph).arenaSize < Plan(plain).arenaSize)
    }
  }

  @Test("as few micro-batches as the bytes allow, but as many for each thread")
  func sizes() throws {
    let plain = try network()
    func count(bytes: Int, threads: Int) -> String {
      let found = "\(plain.inMicroBatches(threads: threads, bytes: bytes))"
      return String(found.split(separator: "count: ")[1].prefix { $0 != "," })
    }
    // What lies between takes 4 · 2 · 5 · 81 = 3,240 bytes an image and a little for alignment.
    #expect(count(bytes: 14_000, threads: 1) == "3")
    #expect(count(bytes: 14_000, threads: 2) == "4")
    #expect(count(bytes: 14_000, threads: 5) == "5")
    #expect(count(bytes: 14_000, threads: 40) == "12")
    #expect("\(plain.inMicroBatches(bytes: 100_000))" == "\(plain)")
    // 360 and 900 bytes of weights would be read again for every micro-batch.
    #expect(names(plain.inMicroBatches(bytes: 700)).filter { $0 == "convolution" }.count == 2)
  }

  @Test("what is read elsewhere ends a run")
  func runsEndWhereValuesLeave() throws {
    let graph = try Graph.trace { builder in
      let x = builder.input("x", [4, 8])
      let y = x.exponential.scaled(by: 2)
      builder.output("between", y)
      let z = y.relu.exponential
      builder.output("y", z + z.sum)
    }
    let found = graph.inMicroBatches(bytes: 1)
    #expect(names(found).filter { $0 == "micro-batches" }.count == 2)
    #expect(bits(found, threads: 1) == bits(graph, threads: 1))
  }

  @Test("a weight is whole before it is read, though it has as many rows as the batch has examples")
  func weightsAreWhole() throws {
    let graph = try Graph.trace { builder in
      let weight = builder.parameter("w", [8, 1, 3, 3]).scaled(by: 0.5).exponential
      let x = builder.input("x", [8, 1, 6, 6]).offset(by: 1)
      builder.output("y", x.convolution(weight).relu)
    }
    let found = graph.inMicroBatches(bytes: 2_400)
    #expect(names(found) == ["scale", "exponential", "offset", "micro-batches"])
    #expect(bits(found, threads: 2) == bits(graph, threads: 1))
  }

  /// A block of a transformer whose feed-forward layers are sparse, on twelve sequences of twenty.
  private func block(_ builder: GraphBuilder, showsPanels: Bool = false) -> Value {
    func sparse(_ x: Value, _ name: String, to width: Int) -> Value {
      let mask = Mask([width, x.shape[2]], (0..<width * x.shape[2]).map { $0 % 3 == 1 ? 1 : 0 })
      let weight = builder.parameter(name, [mask.keptCount])
      return Affine(hasBias: false).sparse([x, weight], SparsePattern(mask), survivors: weight)
    }
    func normalized(_ x: Value, _ name: String) -> Value {
      builder.applyAll(
        LayerNormalization(epsilon: 1e-5),
        [x, builder.parameter("\(name).weight", [24]), builder.parameter("\(name).bias", [24])])[0]
    }
    let x = builder.input("x", [12, 20, 24])
    let packed = builder.apply(
      Affine(hasBias: false), normalized(x, "a"), builder.parameter("qkv", [72, 24]))
    let seen = builder.applyAll(Attention(heads: 4, isPacked: true), [packed])[0]
    let first = x + sparse(seen, "out", to: 24)
    let wide = sparse(normalized(first, "b"), "up", to: 40).gelu
    if showsPanels { builder.output("panels", builder.apply(Panels(), wide)) }
    return first + sparse(wide, "down", to: 24)
  }

  @Test("a block of a transformer is one node, its sparse layers included", arguments: [30_000, 70_000])
  func transformers(bytes: Int) throws {
    let plain = try Graph.trace { $0.output("y", block($0)) }.simplified
    let expected = bits(plain, threads: 1)
    for threads in [1, 2, 3] {
      let graph = plain.inMicroBatches(threads: threads, bytes: bytes)
      try graph.verify()
      #expect(names(graph) == ["micro-batches"])
      #expect(bits(graph, threads: threads) == expected)
      #expect(Plan(graph).arenaSize < Plan(plain).arenaSize)
    }
  }

  @Test("panels that are read elsewhere are those of the whole batch")
  func panelsThatLeave() throws {
    let plain = try Graph.trace { $0.output("y", block($0, showsPanels: true)) }.simplified
    let graph = plain.inMicroBatches(bytes: 70_000)
    try graph.verify()
    #expect(names(graph).contains("micro-batches"))
    #expect(names(graph).filter { $0 == "sparse-affine" }.count == 2)
    #expect(bits(graph, threads: 2) == bits(plain, threads: 1))
  }

  @Test("statistics of a normalisation that are read keep it for itself")
  func secondOutputs() throws {
    let plain = try Graph.trace { builder in
      let x = builder.input("x", [12, 20, 24]).exponential
      let parameters = [builder.parameter("w", [24]), builder.parameter("b", [24])]
      let found = builder.applyAll(LayerNormalization(epsilon: 1e-5), [x] + parameters)
      builder.output("mean", found[1])
      builder.output("y", found[0].relu.exponential)
    }
    let graph = plain.inMicroBatches(bytes: 1_000)
    #expect(names(graph) == ["exponential", "layer-normalization", "micro-batches"])
    #expect(bits(graph, threads: 1) == bits(plain, threads: 1))
  }

  @Test("a convolution that goes another way for many images than for few stays as it is")
  func convolutionsByImages() throws {
    let graph = try Graph.trace { builder in
      let x = builder.input("x", [16, 32, 8, 8]).exponential
      let y = x.convolution(builder.parameter("w", [32, 32, 3, 3]), stride: 2, padding: 1)
      builder.output("y", y.relu.scaled(by: 2))
    }
    #expect(names(graph.inMicroBatches(bytes: 300_000)).filter { $0 == "convolution" }.count == 1)
    let few = try Graph.trace { builder in
      let x = builder.input("x", [15, 32, 16, 16]).exponential
      builder.output("y", x.convolution(builder.parameter("w", [32, 32, 3, 3]), stride: 2, padding: 1))
    }
    #expect(names(few.inMicroBatches(bytes: 300_000)) == ["micro-batches"])
  }
}

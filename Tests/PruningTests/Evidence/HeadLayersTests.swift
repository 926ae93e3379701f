import CoppiceAutodiff
import CoppicePruning
import CoppiceTensors
import Testing

/// Gates on the heads of an encoder of two layers, against differences of the loss with a gate moved.
@Suite struct HeadLayersTests {
  private static let layers = ["first", "second"]
  private static let shapes: [(name: String, shape: Shape)] =
    layers.flatMap { layer in
      [
        ("\(layer).attn.weight", [18, 6]), ("\(layer).attn.bias", [18]), ("\(layer).proj.weight", [6, 6]),
        ("\(layer).proj.bias", [6]),
      ] as [(String, Shape)]
    } + [("fc.weight", [3, 6]), ("fc.bias", [3])]

  private let weights: ParameterSet
  private let inputs: Tensor
  private let labels: [Int32] = [2, 0, 1]

  init() {
    var generator = Generator(state: 11)
    func tensor(_ shape: Shape) -> Tensor {
      Tensor(shape, (0..<shape.count).map { _ in generator.float() })
    }
    weights = ParameterSet(Self.shapes.map { ($0.name, tensor($0.shape)) })
    inputs = tensor([3, 5, 6])
  }

  /// Three heads of two features in both layers, each behind a shortcut.
  /// - Parameter gate: what is done to all that the heads of a layer give.
  private func logits(
    _ tracer: Tracer, gate: (_ layer: String, Value) -> Value = { $1 }
  ) -> Value {
    for (name, tensor) in weights {
      tracer.weights.append((name, tracer.builder.parameter(name, tensor.shape)))
    }
    var x = tracer.builder.input("inputs", [1, 5, 6])
    for layer in Self.layers {
      let attended = tracer.apply(Affine(hasBias: true), x, "\(layer).attn").selfAttention(heads: 3)
      x = x + tracer.apply(Affine(hasBias: true), gate(layer, attended), "\(layer).proj")
    }
    return tracer.apply(Affine(hasBias: true), x.mean(over: 1), "fc")
  }

  private func structure() throws -> NetworkStructure {
    let forward = try Graph.trace { builder in builder.output("logits", logits(Tracer(builder))) }
    return NetworkStructure(groups: forward.axisGroups())
  }

  private func gates() throws -> ParameterSet {
    let groups = try structure().groups
    let graph = try Graph.trace { builder in
      let tracer = Tracer(builder)
      let trace = tracer.loss(of: logits(tracer), batch: 1, groups: groups)
      for (name, value) in try Evidence.headGates.values(of: trace) { builder.output(name, value) }
    }.simplified
    let executor = Executor(Plan(graph))
    for (name, tensor) in weights { executor.write(name, tensor.scalars) }
    var accumulator = Evidence.Accumulator(.headGates)
    for example in labels.indices {
      executor.write("inputs", Array(inputs.scalars[(30 * example)..<(30 * example + 30)]))
      executor.write("labels", integers: [labels[example]])
      executor.run()
      try accumulator.add(ParameterSet(graph.outputs.map { ($0.name, executor.output($0.name)) }))
    }
    return try accumulator.result()
  }

  /// The mean over examples of |the loss's slope by a gate|, `[layer][head]`: central differences in Double.
  private func slopes() throws -> [[Double]] {
    let graph = try Graph.trace { builder in
      let tracer = Tracer(builder)
      let logits = logits(tracer) { layer, attended in
        attended * builder.input("gates/\(layer)", attended.shape)
      }
      builder.output("loss", tracer.loss(of: logits, batch: 1).loss)
    }
    func loss(_ example: Int, layer: String, head: Int, gate: Double) throws -> Double {
      var leaves = [
        "inputs": ReferenceArray(
          [1, 5, 6], inputs.scalars[(30 * example)..<(30 * example + 30)].map { Double($0) }),
        "labels": ReferenceArray([1], [Double(labels[example])]),
      ]
      for (name, tensor) in weights {
        leaves[name] = ReferenceArray(tensor.shape, tensor.scalars.map { Double($0) })
      }
      for other in Self.layers {
        let features = (0..<30).map { other == layer && $0 % 6 / 2 == head ? gate : 1 }
        leaves["gates/\(other)"] = ReferenceArray([1, 5, 6], features)
      }
      return try #require(try Interpreter.outputs(of: graph, leaves)["loss"]).scalars[0]
    }
    let step = 1e-5
    return try Self.layers.map { layer in
      try (0..<3).map { head in
        try labels.indices.reduce(0) { sum, example in
          let ahead = try loss(example, layer: layer, head: head, gate: 1 + step)
          let behind = try loss(example, layer: layer, head: head, gate: 1 - step)
          return sum + abs(ahead - behind) / (2 * step) / Double(labels.count)
        }
      }
    }
  }

  @Test func everyLayerHasTheGatesOfItsHeads() throws {
    let (gates, slopes) = (try gates(), try slopes())
    #expect(gates.names == ["first.proj.weight", "second.proj.weight"])
    for (layer, expected) in zip(Self.layers, slopes) {
      let found = try #require(gates["\(layer).proj.weight"]).scalars
      #expect(found.count == 3)
      for (a, b) in zip(found, expected) { #expect(abs(Double(a) - b) < 1e-5, "\(layer)") }
    }
    // No two are alike, so that none can stand for another.
    let all = slopes.flatMap { $0 }.sorted()
    #expect(zip(all, all.dropFirst()).allSatisfy { $1 - $0 > 1e-3 })
  }

  @Test func scoresGoToTheHeadsOfTheirLayer() throws {
    let (structure, slopes) = (try structure(), try slopes())
    #expect(structure.heads.count == 6)
    let masks = MaskSet(
      Self.shapes.filter { $0.name.hasSuffix("weight") }.map { ($0.name, Mask(keepingAll: $0.shape)) })
    let context = ScoringContext(
      weights: weights, masks: masks, structure: structure, evidence: [(.headGates, try gates())])
    let scores = try Criterion.headImportance.scores(in: context)
    for (layer, expected) in zip(Self.layers, slopes) {
      // Queries, keys and values of a head are rows of one weight, what reads it are columns of another.
      let rows = try #require(scores["\(layer).attn.weight"]).scalars
      let columns = try #require(scores["\(layer).proj.weight"]).scalars
      for (element, score) in rows.enumerated() {
        #expect(abs(Double(score) - expected[element / 6 % 6 / 2]) < 1e-5, "\(layer)")
      }
      for (element, score) in columns.enumerated() {
        #expect(abs(Double(score) - expected[element % 6 / 2]) < 1e-5, "\(layer)")
      }
    }
  }
}

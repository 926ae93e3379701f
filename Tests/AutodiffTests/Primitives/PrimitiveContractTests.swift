import CKernels
import CoppiceAutodiff
import CoppiceTensors
import CoppiceTestSupport
import Testing

/// What every primitive of the catalogue must keep, on each of its samples.
@Suite(.serialized) struct PrimitiveContractTests {
  static let samples = Primitives.all.flatMap { $0.samples }

  /// A graph that applies the sample's primitive once.
  private func graph(_ sample: Sample) throws -> Graph {
    try Graph.trace { builder in
      let inputs = sample.types.enumerated().map { builder.input("\($0)", $1.shape, $1.element) }
      for (index, output) in builder.applyToAll(sample.primitive, inputs).enumerated() {
        builder.output("\(index)", output)
      }
    }
  }

  /// The outputs of a graph; several threads share even the smallest kernel.
  private func run(_ graph: Graph, _ arrays: [String: ReferenceArray], threads: Int = 1) -> [ReferenceArray] {
    let executor = Executor(Plan(graph), threads: threads, handover: 0)
    for node in graph.nodes {
      if case .input(let name)? = node.leaf, let array = arrays[name] {
        executor.write(name, node.outputs[0], array)
      }
    }
    executor.run()
    return graph.outputs.map { executor.read($0.name, graph.type(of: $0.value)) }
  }

  /// Whether threads and kernel variants give the same bits as one thread of the widest variant.
  private func expectEqualBits(_ sample: Sample, _ graph: Graph, _ arrays: [String: ReferenceArray]) {
    func bits(threads: Int) -> [[UInt64]] {
      run(graph, arrays, threads: threads).map { $0.scalars.map { $0.isNaN ? .max : $0.bitPattern } }
    }
    let expected = bits(threads: 1)
    for threads in [2, 3] {
      #expect(bits(threads: threads) == expected, "\(sample.primitive), \(threads) threads")
    }
    let widest = ck_current_variant()
    defer { ck_use_variant(widest) }
    for variant in [CK_PORTABLE, CK_NEON, CK_AVX2] where ck_use_variant(variant) {
      #expect(bits(threads: 1) == expected, "\(sample.primitive), \(variant)")
    }
  }

  /// What a sample is applied to, and numbers for every further input of a graph.
  private func arrays(_ sample: Sample, _ graph: Graph) -> [String: ReferenceArray] {
    var arrays = leaves(sample.draw())
    for node in graph.nodes {
      if case .input(let name)? = node.leaf, arrays[name] == nil {
        let substream = UInt32(name.utf8.reduce(0) { $0 + Int($1) })
        var random = RandomStream(seed: 7, stream: .generation, substream: substream)
        let shape = node.outputs[0].shape
        arrays[name] = ReferenceArray(shape, (0..<shape.count).map { _ in Double(random.uniform()) - 0.5 })
      }
    }
    return arrays
  }

  private func leaves(_ arrays: [ReferenceArray]) -> [String: ReferenceArray] {
    Dictionary(uniqueKeysWithValues: arrays.enumerated().map { ("\($0)", $1) })
  }

  @Test("kernel and Double reference agree", arguments: samples.indices)
  func kernelAgreesWithReference(index: Int) throws {
    let sample = Self.samples[index]
    let graph = try graph(sample)
    try graph.verify()
    let expected = try Interpreter.outputs(of: graph, leaves(sample.draw()))
    for (output, actual) in run(graph, leaves(sample.draw())).enumerated() {
      let wanted = try #require(expected["\(output)"])
      let scale = wanted.scalars.map(abs).max() ?? 0
      for (a, b) in zip(actual.scalars, wanted.scalars) {
        #expect(
          abs(a - b) <= 1e-5 * max(scale, 1e-3), "\(sample.primitive): \(a) where the reference has \(b)")
      }
    }
  }

  @Test("threads and kernel variants give equal bits", arguments: samples.indices)
  func bitsDoNotDependOnTheMachine(index: Int) throws {
    let sample = Self.samples[index]
    let graph = try graph(sample)
    expectEqualBits(sample, graph, leaves(sample.draw()))
    if let (graph, _) = try gradientGraph(sample, second: false) {
      expectEqualBits(sample, graph.simplified, arrays(sample, graph))
    }
  }

  /// What `MicroBatches` relies on. Examples that lie side by side in panels have a test of their own.
  @Test("examples by themselves give the bits of the batch", arguments: samples.indices)
  func examplesAreIndependent(index: Int) throws {
    let sample = Self.samples[index]
    let signature = Signature(inputs: sample.types, outputs: try sample.primitive.outputs(for: sample.types))
    guard let primitive = sample.primitive as? any ExamplewisePrimitive,
      let examplewise = primitive.examplewiseInputs(for: signature), signature.output().rank > 0,
      !(primitive is Panels), !(primitive is Panels.Rows)
    else { return }
    let arrays = sample.draw(), batch = signature.output()[0]
    let whole = run(try graph(sample), leaves(arrays))
    for example in 0..<batch {
      let parts = arrays.enumerated().map { place, array in
        guard examplewise.contains(place) else { return array }
        let size = array.shape.count / batch
        return ReferenceArray(
          Shape([1] + array.shape.axes.dropFirst()),
          Array(array.scalars[example * size..<(example + 1) * size]))
      }
      let graph = try Graph.trace { builder in
        let inputs = parts.enumerated().map { builder.input("\($0)", $1.shape, sample.types[$0].element) }
        for (output, value) in builder.applyToAll(primitive, inputs).enumerated() {
          builder.output("\(output)", value)
        }
      }
      for (found, expected) in zip(run(graph, leaves(parts)), whole) {
        let size = expected.shape.count / batch
        #expect(
          found.scalars.map(\.bitPattern)
            == expected.scalars[example * size..<(example + 1) * size].map(\.bitPattern),
          "\(primitive), example \(example)")
      }
    }
  }

  /// `Σ cᵢ · yᵢ` with fixed weights c over all float outputs, and its gradients.
  ///
  /// - Parameter isSurrogate: whether a primitive with the gradient of another function is replaced by that function.
  private func gradientGraph(
    _ sample: Sample, second: Bool, isSurrogate: Bool = false
  ) throws -> (graph: Graph, floats: [Int])? {
    guard sample.primitive.isDifferentiable else { return nil }
    let floats = sample.types.indices.filter { sample.types[$0].element == .float32 }
    var exists = false
    let graph = try Graph.trace { builder in
      let inputs = sample.types.enumerated().map { builder.input("\($0)", $1.shape, $1.element) }
      func weighted(_ values: [Value], _ name: String) -> Value {
        values.enumerated().map { index, value in
          (value * builder.input("\(name)\(index)", value.shape)).sum
        }.reduce(builder.constant(0), +)
      }
      let surrogate = isSurrogate ? sample.primitive as? any SurrogatePrimitive : nil
      let outputs = (surrogate?.surrogate(inputs) ?? builder.applyToAll(sample.primitive, inputs)).filter {
        $0.type.element == .float32
      }
      guard !outputs.isEmpty, !floats.isEmpty else { return }
      var loss = weighted(Array(outputs.prefix(1)), "c")
      var gradients = builder.gradients(
        of: [loss], seeds: [builder.constant(1)], wrt: floats.map { inputs[$0] })
      if second {
        loss = weighted(gradients.compactMap { $0 }, "d")
        gradients = builder.gradients(
          of: [loss], seeds: [builder.constant(1)], wrt: floats.map { inputs[$0] })
      }
      exists = gradients.contains { $0 != nil }
      builder.output("loss", loss)
      for (index, gradient) in zip(floats, gradients) {
        if let gradient { builder.output("g\(index)", gradient) }
      }
    }
    return exists ? (graph, floats) : nil
  }

  @Test("gradients agree with central differences", arguments: samples.indices, [false, true])
  func gradientsAgreeWithDifferences(index: Int, second: Bool) throws {
    let sample = Self.samples[index]
    guard let (graph, floats) = try gradientGraph(sample, second: second) else { return }
    try graph.verify()
    let arrays = arrays(sample, graph)
    let smooth = try #require(try gradientGraph(sample, second: second, isSurrogate: true)).graph
    func loss(_ arrays: [String: ReferenceArray]) throws -> Double {
      try #require(Interpreter.outputs(of: smooth, arrays)["loss"]).scalars[0]
    }
    let outputs = try Interpreter.outputs(of: graph, arrays)
    for input in floats {
      let array = try #require(arrays["\(input)"])
      let gradient = outputs["g\(input)"] ?? ReferenceArray(repeating: 0, array.shape)
      let scale = max(1, gradient.scalars.map(abs).max() ?? 0)
      // A few places of each input are enough to catch a wrong rule and keep the suite fast.
      for place in Set([0, array.shape.count / 3, array.shape.count / 2, array.shape.count - 1]) {
        let step = 1e-5
        var shifted = arrays
        shifted["\(input)"]?.scalars[place] += step
        let above = try loss(shifted)
        shifted["\(input)"]?.scalars[place] -= 2 * step
        let difference = (above - (try loss(shifted))) / (2 * step)
        #expect(
          abs(difference - gradient.scalars[place]) <= 1e-6 * scale,
          "\(sample.primitive), input \(input)[\(place)]: \(gradient.scalars[place]), differences give \(difference)"
        )
      }
    }
  }

  @Test("the planned gradient and the interpreted one agree", arguments: samples.indices)
  func plannedGradientsAgree(index: Int) throws {
    let sample = Self.samples[index]
    guard let (graph, _) = try gradientGraph(sample, second: false) else { return }
    let simplified = graph.simplified
    try simplified.verify()
    let arrays = arrays(sample, graph)
    let expected = try Interpreter.outputs(of: graph, arrays)
    for (output, actual) in zip(simplified.outputs, run(simplified, arrays)) {
      let wanted = try #require(expected[output.name])
      let scale = max(1e-3, wanted.scalars.map(abs).max() ?? 0)
      for (a, b) in zip(actual.scalars, wanted.scalars) {
        #expect(
          abs(a - b) <= 2e-5 * scale, "\(sample.primitive) \(output.name): \(a) where the oracle has \(b)")
      }
    }
  }

  @Test("every primitive has a sample or is reached by the gradients of one that has")
  func everyPrimitiveIsTested() throws {
    var tested = Set(Self.samples.map(\.primitive.name))
    for sample in Self.samples {
      guard let (graph, _) = try gradientGraph(sample, second: false) else { continue }
      tested.formUnion(graph.nodes.compactMap { $0.primitive?.name })
    }
    #expect(Primitives.all.map { $0.name }.filter { !tested.contains($0) } == [])
  }

  @Test("every primitive has a name of its own")
  func namesAreUnique() {
    let names = Primitives.all.map { $0.name }
    #expect(Set(names).count == names.count)
  }
}

extension GraphBuilder {
  /// `applyAll` for a primitive whose kind is not known.
  func applyToAll(_ primitive: any Primitive, _ inputs: [Value]) -> [Value] {
    let before = (try? primitive.outputs(for: inputs.map(\.type)))?.count ?? 0
    return Array(applyAll(primitive, inputs).prefix(before))
  }
}

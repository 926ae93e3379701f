import CoppiceAutodiff
import CoppiceTensors
import CoppiceTestSupport
import Testing

/// What has no gradient says so: a gradient is right, 0 by definition, or a failure that names what stands in its way.
struct DifferentiabilityTests {
  /// The gradients of the sum of a sample's first Float32 output by all its Float32 inputs; `nil` where it has none.
  private func gradients(_ sample: Sample) throws -> Graph? {
    var exists = false
    let graph = try Graph.trace { builder in
      let inputs = sample.types.enumerated().map { builder.input("\($0)", $1.shape, $1.element) }
      let outputs = builder.within("block.3") { builder.applyToAll(sample.primitive, inputs) }
      let floats = inputs.filter { $0.type.element == .float32 }
      guard let output = outputs.first(where: { $0.type.element == .float32 }), !floats.isEmpty else {
        return
      }
      exists = true
      for (index, gradient) in builder.gradients(of: output.sum, wrt: floats).enumerated() {
        builder.output("\(index)", gradient)
      }
    }
    return exists ? graph : nil
  }

  static let undifferentiable = PrimitiveContractTests.samples.filter { !$0.primitive.isDifferentiable }

  @Test("evaluation forms and updates have no gradient, and nothing else has none")
  func whichHaveNone() {
    let names = Primitives.all.map { $0.name }.filter { name in
      Self.undifferentiable.contains { $0.primitive.name == name }
    }
    #expect(
      names == [
        "sparse-affine-single", "quantise", "quantised-affine", "quantised-convolution", "quantised-max-pool",
        "batch-normalization-running-statistics", "micro-batches", "sgd-update",
        "adam-update",
      ])
  }

  /// Those of which a gradient can be asked: numbers go in and come out.
  static let askable = undifferentiable.filter { sample in
    guard let outputs = try? sample.primitive.outputs(for: sample.types) else { return false }
    return outputs.contains { $0.element == .float32 } && sample.types.contains { $0.element == .float32 }
  }

  @Test(
    "a gradient that would have to flow through one of them is a failure", arguments: askable.indices
  )
  func failuresNameThePrimitive(index: Int) {
    let sample = Self.askable[index]
    let error = #expect(throws: TraceError.self) { _ = try gradients(sample) }
    #expect(
      error?.description
        == "\(sample.primitive.name) in block.3: has no gradient, and one would have to flow through it")
  }

  @Test("a gradient by what such a primitive gave does not flow through it")
  func gradientsMayEndThere() throws {
    let sample = Self.undifferentiable[0]
    let graph = try Graph.trace { builder in
      let inputs = sample.types.enumerated().map { builder.input("\($0)", $1.shape, $1.element) }
      let output = builder.applyToAll(sample.primitive, inputs)[0]
      let gradients = builder.gradients(of: (output * output).sum, wrt: [output, builder.input("other", [])])
      builder.output("gradient", gradients[0])
    }
    #expect(graph.nodes.contains { $0.primitive?.name == sample.primitive.name })
  }

  @Test("a gradient that is 0 by definition takes no node")
  func zeroByDefinition() throws {
    let samples = PrimitiveContractTests.samples.filter { $0.primitive is any ZeroGradientPrimitive }
    #expect(
      Set(samples.map(\.primitive.name)) == [
        "step", "arg-max", "histogram", "label-count", "one-hot", "stop-gradient", "uniform-noise",
        "value-range",
      ])
    for sample in samples {
      guard let graph = try gradients(sample) else { continue }
      for output in graph.outputs {
        guard case .constant(0)? = graph.nodes[output.value.node].leaf else {
          Issue.record("\(sample.primitive) has a gradient")
          return
        }
      }
    }
  }

  @Test("a loss on integers is no loss of what they came from")
  func integersEndGradients() throws {
    let graph = try Graph.trace { builder in
      let (x, table) = (builder.input("x", [2, 3]), builder.input("table", [3, 4]))
      let loss = table.rows(at: builder.apply(ArgMax(), x)).sum + x.step.sum + x.sum
      for (name, gradient) in zip(["x", "table"], builder.gradients(of: loss, wrt: [x, table])) {
        builder.output(name, gradient)
      }
    }
    let leaves = [
      "x": ReferenceArray([2, 3], [0, 3, 1, 2, -1, 1]), "table": ReferenceArray(repeating: 1, [3, 4]),
    ]
    let found = try Interpreter.outputs(of: graph, leaves)
    #expect(found["x"]?.scalars == [Double](repeating: 1, count: 6))
    #expect(found["table"]?.scalars == [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0])
  }

  @Test("further outputs without a gradient say so")
  func furtherOutputs() {
    func failure(_ body: (GraphBuilder) -> (Value, [Value])) -> String? {
      #expect(throws: TraceError.self) {
        _ = try Graph.trace { builder in
          let (loss, wrt) = body(builder)
          _ = builder.gradients(of: loss, wrt: wrt)
        }
      }?.description
    }
    #expect(
      failure { builder in
        let x = builder.input("x", [1, 2, 6])
        return (builder.applyAll(Attention(heads: 1, isPacked: true), [x])[1].sum, [x])
      } == "attention: has no gradient through the statistics of its scores")
    #expect(
      failure { builder in
        let (x, labels) = (builder.input("x", [2, 3]), builder.input("labels", [2], .int32))
        return (builder.applyAll(SoftmaxCrossEntropy(), [x, labels])[1].sum, [x])
      } == "softmax-cross-entropy: has no gradient through the probabilities; take the softmax's")
  }
}

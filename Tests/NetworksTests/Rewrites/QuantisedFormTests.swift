import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import CoppiceTestSupport
import Testing

/// Networks of integers beside the same networks in Double precision, in which weights and inputs of layers are what their codes
/// stand for.
@Suite struct QuantisedFormTests {
  private static let digits = Interface.images([1, 12, 12], classes: 5)
  private static let photographs = Interface.images([3, 8, 8], classes: 4)
  private static let planes = Interface.images([1, 20, 20], classes: 10)
  private static let models: [(model: Model, interface: Interface)] = [
    (.mlp([20, 9]), digits), (.lenet([3, 5], hidden: 12), planes),
    (.resnet([4, 8], blocks: 1), photographs),
    (
      .encoder(width: 16, heads: 2, layers: 1), .sequences(length: 5, vocabulary: 11, classes: 3)
    ),
  ]
  private static let batch = 3

  /// A network with numbers for all its arrays, and a batch.
  private struct Case {
    let network: Network
    var parameters: ParameterSet
    let buffers: ParameterSet
    let inputs: ReferenceArray
    let graph: Graph

    init(_ model: Model, _ interface: Interface) throws {
      network = try Network(model, interface)
      parameters = ReferenceNumbers.parameters(network)
      buffers = ParameterSet(
        network.buffers.enumerated().map { index, buffer in
          let numbers = ReferenceNumbers.numbers(UInt32(index + 3), buffer.shape.count, scale: 0.4)
          return (buffer.name, Tensor(buffer.shape, numbers.map { $0 + buffer.initial }))
        })
      let shape = Shape([batch] + interface.exampleShape.axes)
      inputs = ReferenceArray(
        shape,
        interface.hasTokens
          ? ReferenceNumbers.integers(5, shape.count, below: 11).map(Double.init)
          : ReferenceNumbers.numbers(5, shape.count, scale: 2).map(Double.init))
      graph = try network.forward(batch: batch, isTraining: false)
    }

    /// Every value of the float graph in Double precision; `changed` may replace the inputs of a node.
    func values(
      _ changed: (_ index: Int, _ inputs: [ReferenceArray]) -> [ReferenceArray] = { $1 }
    ) -> [ValueID: ReferenceArray] {
      var values: [ValueID: ReferenceArray] = [:]
      for (index, node) in graph.nodes.enumerated() {
        switch node.operation {
        case .leaf(.constant(let number)):
          values[ValueID(node: index)] = ReferenceArray(repeating: Double(number), node.outputs[0].shape)
        case .leaf(let leaf):
          let tensor = leaf.name.flatMap { parameters[$0] ?? buffers[$0] }
          values[ValueID(node: index)] =
            tensor.map { ReferenceArray($0.shape, $0.scalars.map(Double.init)) } ?? inputs
        case .primitive(let primitive):
          let inputs = changed(index, node.inputs.compactMap { values[$0] })
          for (output, array) in primitive.reference(inputs, graph.signature(of: index)).enumerated() {
            values[ValueID(node: index, output: output)] = array
          }
        }
      }
      return values
    }

    var logits: ValueID? { graph.outputs.first { $0.name == "logits" }?.value }

    /// All weights with their own scales, and inputs with the range that they have on the batch.
    var quantisation: Quantisation {
      let values = values()
      return Quantisation(
        graph.nodes.indices.compactMap { index in
          guard let name = graph.weight(of: index), let weight = parameters[name],
            graph.nodes[index].primitive is any PrunablePrimitive,
            let x = values[graph.nodes[index].inputs[0]]?.scalars
          else { return nil }
          return (
            name,
            .init(
              of: weight,
              input: AffineCode(below: Float(-(x.min() ?? 0)), above: Float(x.max() ?? 0)))
          )
        })
    }

    /// The logits in which all layers of a quantisation meet what codes stand for.
    func expected(_ quantisation: Quantisation) throws -> [Double] {
      let values = values { index, inputs in
        guard let name = graph.weight(of: index), let scales = quantisation[name],
          graph.nodes[index].primitive is any PrunablePrimitive, let weight = parameters[name]
        else { return inputs }
        let nearest = quantisation.nearest(name, weight).scalars.map(Double.init)
        return [
          inputs[0].map { Double(scales.input.nearest(Float($0))) }, ReferenceArray(weight.shape, nearest),
        ]
          + inputs.dropFirst(2)
      }
      return try #require(logits.flatMap { values[$0] }).scalars
    }

    /// The logits of a network, and its graph.
    func computed(_ network: Network) throws -> (logits: [Double], graph: Graph) {
      let graph = try network.forward(batch: batch, isTraining: false).simplified
      let executor = Executor(Plan(graph))
      for (name, tensor) in Array(parameters) + Array(buffers) where executor.hasLeaf(name) {
        executor.write(name, tensor.scalars)
      }
      executor.write(
        "inputs", ValueType(inputs.shape, network.interface.hasTokens ? .int32 : .float32), inputs)
      executor.run()
      return (executor.output("logits").scalars.map(Double.init), graph)
    }

    /// The same in integers.
    func computed(_ quantisation: Quantisation) throws -> (logits: [Double], graph: Graph) {
      try computed(QuantisedForm(quantisation, parameters, buffers).apply(to: network))
    }
  }

  private func distance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).map { abs($0 - $1) }.max() ?? .infinity
  }

  private func names(_ graph: Graph) -> [String] { graph.nodes.compactMap { $0.primitive?.name } }

  @Test("logits are those of what the codes stand for", arguments: models.indices)
  func logits(_ index: Int) throws {
    let one = try Case(Self.models[index].model, Self.models[index].interface)
    let quantisation = one.quantisation
    let (expected, found) = (try one.expected(quantisation), try one.computed(quantisation))
    let floats = try #require(one.logits.flatMap { one.values()[$0] }).scalars
    let scale = floats.map(abs).max() ?? 0
    // A number at the border of two codes may fall to either side of it: that moves logits a little.
    #expect(distance(found.logits, expected) < 2e-3 * scale)
    #expect(distance(floats, expected) > 3e-3 * scale)
    // No layer is left in floats.
    #expect(names(found.graph).allSatisfy { !["affine", "convolution"].contains($0) })
    let layers = found.graph.nodes.count {
      $0.primitive is QuantisedAffine || $0.primitive is QuantisedConvolution
    }
    #expect(layers == quantisation.names.count)
  }

  @Test("codes go from layer to layer") func codes() throws {
    let perceptron = try Case(.mlp([20, 9]), Self.digits)
    #expect(
      names(try perceptron.computed(perceptron.quantisation).graph)
        == ["merge-axes", "quantise"] + [String](repeating: "quantised-affine", count: 3))
    let convolutional = try Case(.lenet([3, 5], hidden: 12), Self.planes)
    let graph = try convolutional.computed(convolutional.quantisation).graph
    #expect(
      names(graph) == [
        "quantise", "quantised-convolution", "quantised-max-pool", "quantised-convolution",
        "quantised-max-pool", "merge-axes", "quantised-affine", "quantised-affine",
      ])
    #expect(graph.parameters.isEmpty)
  }

  @Test("normalisations, residuals and rectifiers are part of the layers") func blocks() throws {
    let one = try Case(.resnet([4, 8], blocks: 1), Self.photographs)
    let graph = try one.computed(one.quantisation).graph
    let made = names(graph)
    #expect(made.allSatisfy { !["batch-normalization-inference", "add", "relu"].contains($0) })
    // The mean of the channels alone takes them first.
    #expect(made.count { $0 == "transpose" } == 1)
    #expect(graph.nodes.count { ($0.primitive as? QuantisedConvolution)?.hasResidual == true } == 2)
  }

  @Test("layers that are not named, and those of four bits, stay in floats") func some() throws {
    let one = try Case(.mlp([20, 9]), Self.digits)
    var quantisation = one.quantisation
    quantisation["fc1.weight"]?.bits = 4
    quantisation["fc3.weight"] = nil
    let found = try one.computed(quantisation)
    #expect(names(found.graph) == ["merge-axes", "affine", "quantise", "quantised-affine", "affine"])
    quantisation["fc1.weight"] = nil
    let expected = try one.expected(quantisation)
    #expect(distance(found.logits, expected) < 2e-3 * (expected.map(abs).max() ?? 0))
  }

  @Test("pruned weights are zeros, whichever form multiplies them") func pruned() throws {
    var one = try Case(.mlp([40, 30]), Self.digits)
    for name in one.network.prunable {
      one.parameters[name]?.scalars.indices.forEach {
        if $0 % 13 != 0 { one.parameters[name]?.scalars[$0] = 0 }
      }
    }
    let quantisation = one.quantisation
    let (expected, found) = (try one.expected(quantisation), try one.computed(quantisation))
    #expect(distance(found.logits, expected) < 2e-3 * (expected.map(abs).max() ?? 0))
    let dense = try Case(.mlp([40, 30]), Self.digits).computed(quantisation).graph
    #expect(found.graph.flops * 3 < dense.flops)
  }

  @Test("an evaluator runs it, and its training graph stays as it is") func evaluator() throws {
    let one = try Case(.resnet([4, 8], blocks: 1), Self.photographs)
    let network = try QuantisedForm(one.quantisation, one.parameters, one.buffers).apply(to: one.network)
    #expect(
      names(try network.forward(batch: 2, isTraining: true))
        == names(try one.network.forward(batch: 2, isTraining: true)))
    let evaluator = try Evaluator(network, batch: Self.batch, threads: 2)
    evaluator.load(one.parameters, one.buffers)
    let tally = try evaluator.evaluate(batches: 1) { _, inputs, labels in
      guard case .numbers(let numbers) = inputs else { return }
      for index in numbers.indices { numbers[index] = Float(one.inputs.scalars[index]) }
      for index in labels.indices { labels[index] = 0 }
    }
    let logits = try one.computed(network).logits
    let classes = one.network.interface.classes
    let losses = (0..<Self.batch).map { example in
      let row = logits[example * classes..<(example + 1) * classes]
      return row.map(exponential).reduce(0, +).logarithm - row[row.startIndex]
    }
    #expect(abs(tally.loss - losses.reduce(0, +) / Double(Self.batch)) < 1e-4)
  }
}

private func exponential(_ x: Double) -> Double { Elementary.exp(x) }

extension Double {
  fileprivate var logarithm: Double { Elementary.log(self) }
}

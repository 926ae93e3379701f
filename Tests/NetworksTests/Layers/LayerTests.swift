import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import Testing

@Suite struct LayerTests {
  /// A model that is one layer and a sum for each class.
  private func model(_ layer: some Layer) -> Model {
    Model("layer", initializer: .glorotNormal) { input, interface, scope in
      Linear(interface.classes)(layer(input, scope["layer"]).flattened(from: 1), scope["fc"])
    }
  }

  private func declared(_ layer: some Layer, _ shape: Shape) throws -> [String: [Int]] {
    let traced = try Network(model(layer), .images(shape, classes: 2))
    let arrays =
      traced.declarations.map { ($0.name, $0.shape.axes) } + traced.buffers.map { ($0.name, $0.shape.axes) }
    return Dictionary(uniqueKeysWithValues: arrays.filter { $0.0.hasPrefix("layer.") })
  }

  @Test func parametersOfEachLayer() throws {
    typealias Networks = CoppiceNetworks.Convolution
    #expect(
      try declared(Networks(6, kernel: 3, groups: 2), [4, 8, 8])
        == ["layer.weight": [6, 2, 3, 3], "layer.bias": [6]])
    #expect(
      try declared(Networks(6, kernel: 1, hasBias: false), [4, 8, 8]) == ["layer.weight": [6, 4, 1, 1]])
    #expect(
      try declared(CoppiceNetworks.BatchNormalization(), [3, 2, 2])
        == [
          "layer.weight": [3], "layer.bias": [3], "layer.running_mean": [3], "layer.running_var": [3],
        ])
    #expect(
      try declared(CoppiceNetworks.LayerNormalization(), [3, 5]) == ["layer.weight": [5], "layer.bias": [5]])
    #expect(
      try declared(MultiHeadAttention(heads: 2), [3, 4])
        == [
          "layer.c_attn.weight": [12, 4], "layer.c_attn.bias": [12], "layer.c_proj.weight": [4, 4],
          "layer.c_proj.bias": [4],
        ])
    #expect(try declared(CoppiceNetworks.MaxPool(2), [3, 4, 4]).isEmpty)
    #expect(try declared(CoppiceNetworks.AveragePool(2, stride: 1), [3, 4, 4]).isEmpty)
    #expect(try declared(GlobalAveragePool(), [3, 4, 4]).isEmpty)
    #expect(try declared(CoppiceNetworks.Dropout(0.5), [3, 4, 4]).isEmpty)
  }

  @Test func everyLayerRefusesTheWrongRank() {
    let layers: [any Layer] = [
      CoppiceNetworks.Convolution(6, kernel: 3), CoppiceNetworks.Convolution(6, kernel: 3, groups: 0),
      CoppiceNetworks.Convolution(5, kernel: 3, groups: 2), CoppiceNetworks.MaxPool(2),
      CoppiceNetworks.AveragePool(2),
      GlobalAveragePool(), MultiHeadAttention(heads: 2), ResidualBlock(4), CoppiceNetworks.MaxPool(0),
      BottleneckBlock(4), DenseLayer(4), InvertedResidual(4, expansion: 6), SqueezeExcitation(squeezed: 2),
      GatedInvertedResidual(4, expansion: 6, kernel: 3), NormalizedConvolution(4, kernel: 3),
    ]
    for layer in layers {
      #expect(throws: TraceError.self, "\(layer)") { try Network(model(layer), .images([3], classes: 2)) }
    }
  }

  /// y = (x − running mean) / √(running variance + ε) in evaluation, and the batch's own statistics while training.
  @Test func batchNormalizationEvaluatesWithItsRunningStatistics() throws {
    let interface = Interface.images([2, 1, 1], classes: 2)
    let normalization = Model("norm", initializer: .ones) { input, _, scope in
      CoppiceNetworks.BatchNormalization()(input, scope["bn"]).flattened(from: 1)
    }
    let traced = try Network(normalization, interface)
    let parameters = ParameterSet([
      ("bn.weight", Tensor([2], [2, 1])), ("bn.bias", Tensor([2], [0.5, 0])),
    ])
    let buffers = ParameterSet([
      ("bn.running_mean", Tensor([2], [1, -1])), ("bn.running_var", Tensor([2], [4, 0.25])),
    ])
    let executor = Executor(Plan(try traced.evaluationGraph(batch: 1)))
    for (name, tensor) in Array(parameters) + Array(buffers) { executor.write(name, tensor.scalars) }
    executor.write("inputs", [3, -1.5])
    executor.write("labels", integers: [0])
    executor.run()
    // The logits are 2 · (3 − 1) / 2 + 0.5 = 2.5 and (−1.5 + 1) / 0.5 = −1, to within ε: the loss is ln(1 + e^−3.5).
    #expect(abs(executor.scalarOutput("loss") - 0.029750) < 1e-5)

    let state = TrainingState(parameters: parameters, buffers: buffers)
    let trainer = try Trainer(traced, state, masks: nil, optimizer: .sgd(), batch: 2, seed: 1)
    try trainer.fillBatch { inputs, labels in
      if case .numbers(let buffer) = inputs { _ = buffer.update(fromContentsOf: [1, 5, 3, 9]) }
      _ = labels.update(fromContentsOf: [0, 1])
    }
    _ = trainer.run(learningRate: 0)
    // Means 2 and 7, unbiased variances 2 and 8; running ← 0.9 · running + 0.1 · batch.
    let expected: [(String, [Float])] = [
      ("bn.running_mean", [0.9 + 0.2, -0.9 + 0.7]), ("bn.running_var", [3.6 + 0.2, 0.225 + 0.8]),
    ]
    for (name, wanted) in expected {
      let found = try #require(trainer.buffers[name]).scalars
      for (a, b) in zip(found, wanted) { #expect(abs(a - b) < 1e-6, "\(name)") }
    }
  }

  /// A network whose only layer with weights sees the input behind a dropout: the gradient of its weight is 0 where the
  /// input was dropped.
  private func dropped(_ rate: Double, steps: Int, from first: Int = 0, seed: UInt64 = 1, threads: Int = 1)
    throws -> [[Bool]]
  {
    let model = Model("dropped", initializer: .zeros) { input, interface, scope in
      let x = CoppiceNetworks.Dropout(rate)(input, scope["first"])
      return Linear(interface.classes, hasBias: false)(
        CoppiceNetworks.Dropout(0)(x, scope["second"]), scope["fc"])
    }
    let traced = try Network(model, .images([4000], classes: 2))
    let start = TrainingState(
      parameters: traced.initialParameters(seed: 1), buffers: traced.initialBuffers, step: first)
    let trainer = try Trainer(
      traced, start, masks: nil, optimizer: .sgd(), batch: 1, seed: seed, threads: threads)
    var last = trainer.parameters["fc.weight"]?.scalars ?? []
    return try (0..<steps).map { _ in
      try trainer.fillBatch { inputs, labels in
        if case .numbers(let buffer) = inputs { buffer.update(repeating: 1) }
        labels[0] = 0
      }
      // So small that the answer never becomes certain, and its gradient 0.
      _ = trainer.run(learningRate: 1e-4)
      let now = trainer.parameters["fc.weight"]?.scalars ?? []
      defer { last = now }
      return zip(now, last).prefix(4000).map { $0 == $1 }
    }
  }

  @Test func dropoutDrawsAnewEachStepAndAgainTheSame() throws {
    let steps = try dropped(0.25, steps: 3)
    #expect(steps[0] != steps[1] && steps[1] != steps[2] && steps[0] != steps[2])
    for step in steps {
      let fraction = Double(step.count { $0 }) / 4000
      #expect(abs(fraction - 0.25) < 0.028)  // four standard errors
    }
    #expect(try dropped(0.25, steps: 3) == steps)
    #expect(try dropped(0.25, steps: 1, from: 2)[0] == steps[2])
    #expect(try dropped(0.25, steps: 3, seed: 2) != steps)
    #expect(try dropped(0.25, steps: 3, threads: 2) == steps)
    #expect(try dropped(0, steps: 1)[0].allSatisfy { !$0 })
  }

  @Test func dropoutIsIdleInEvaluation() throws {
    let interface = Interface.sequences(length: 5, vocabulary: 7, classes: 3)
    func graph(_ dropout: Double) throws -> Graph {
      try Network(.encoder(width: 4, heads: 2, layers: 1, dropout: dropout), interface).evaluationGraph(
        batch: 2)
    }
    #expect(try graph(0.5).nodes.count == graph(0).nodes.count)
    #expect(try graph(0.5).nodes.allSatisfy { $0.primitive?.name != "dropout" })
  }

  @Test func paddingIsLeftOutOfTheMean() throws {
    let interface = Interface.sequences(length: 4, vocabulary: 6, classes: 2)
    // Without blocks each token speaks for itself.
    let traced = try Network(.encoder(width: 4, heads: 1, layers: 0), interface)
    let parameters = ReferenceNumbers.parameters(traced)
    func loss(_ tokens: [Int32]) throws -> Float {
      let executor = Executor(Plan(try traced.evaluationGraph(batch: 1)))
      for (name, tensor) in parameters { executor.write(name, tensor.scalars) }
      executor.write("inputs", integers: tokens)
      executor.write("labels", integers: [1])
      executor.run()
      return executor.scalarOutput("loss")
    }
    var changed = parameters
    changed["wte.weight"]?.scalars.replaceSubrange(0..<4, with: [9, -9, 9, 9])
    let before = try loss([3, 5, 0, 0])
    #expect(try loss([3, 5, 1, 1]) != before)
    #expect(try loss([0, 0, 0, 0]).isFinite)
    let executor = Executor(Plan(try traced.evaluationGraph(batch: 1)))
    for (name, tensor) in changed { executor.write(name, tensor.scalars) }
    executor.write("inputs", integers: [3, 5, 0, 0])
    executor.write("labels", integers: [1])
    executor.run()
    #expect(executor.scalarOutput("loss") == before)
  }

  @Test func noPlaceSeesWhatComesAfter() throws {
    let family = try #require(Family.all.last)
    let traced = try family.traced()
    func losses(_ tokens: [Int32]) throws -> [Float] {
      let executor = Executor(Plan(try traced.evaluationGraph(batch: 1)))
      for (name, tensor) in ReferenceNumbers.parameters(traced) { executor.write(name, tensor.scalars) }
      executor.write("inputs", integers: tokens)
      executor.write("labels", integers: [1, 2, 3, 4, 5, 6])
      executor.run()
      return executor.output("loss").scalars
    }
    let (first, second) = (try losses([1, 2, 3, 4, 5, 6]), try losses([1, 2, 3, 8, 0, 7]))
    #expect(first.prefix(3) == second.prefix(3))
    #expect(zip(first, second).dropFirst(3).allSatisfy { $0 != $1 })
  }
}

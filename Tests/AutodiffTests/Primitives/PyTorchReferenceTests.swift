import CoppiceAutodiff
import CoppiceTensors
import CoppiceTestSupport
import Foundation
import Testing

/// The operations and their gradients against PyTorch's, in the numbers that Tests/Reference/operations.py wrote.
struct PyTorchReferenceTests {
  static let cases = try? JSONDecoder().decode(
    [ReferenceCase].self,
    from: Data(
      contentsOf: Bundle.module.resourceURL?.appending(path: "Fixtures/operations.json") ?? URL(filePath: ""))
  )

  @Test("every case of the fixture has its operation here, and the other way round")
  func casesAndOperationsMatch() throws {
    #expect(try #require(Self.cases).map(\.name).sorted() == Self.operations.keys.sorted())
  }

  @Test("outputs and gradients agree with PyTorch", arguments: operations.keys.sorted())
  func agreesWithPyTorch(name: String) throws {
    let reference = try #require(Self.cases?.first { $0.name == name })
    let operation = try #require(Self.operations[name])
    let graph = try Graph.trace { builder in
      let inputs = reference.inputs.enumerated().map {
        builder.input("\($0)", $1.type.shape, $1.type.element)
      }
      let outputs = operation(inputs)
      for (index, output) in outputs.enumerated() { builder.output("y\(index)", output) }
      guard let first = outputs.first, !reference.gradients.isEmpty else { return }
      let floats = inputs.filter { $0.type.element == .float32 }
      let seed = builder.input("seed", reference.seed.type.shape)
      let gradients = builder.gradients(of: [first], seeds: [seed], wrt: floats)
      for (index, (gradient, input)) in zip(gradients, floats).enumerated() {
        builder.output("g\(index)", gradient ?? builder.constant(0, input.shape))
      }
    }.simplified
    try graph.verify()
    let executor = Executor(Plan(graph))
    for (index, input) in reference.inputs.enumerated() {
      executor.write("\(index)", input.type, input.array)
    }
    if executor.hasLeaf("seed") { executor.write("seed", reference.seed.type, reference.seed.array) }
    executor.run()
    for (prefix, arrays) in [("y", reference.outputs), ("g", reference.gradients)] {
      for (index, expected) in arrays.enumerated() {
        let actual = executor.output("\(prefix)\(index)")
        #expect(actual.shape == expected.type.shape)
        let scale = max(1e-2, expected.scalars.map(abs).max() ?? 0)
        for (a, b) in zip(actual.scalars, expected.scalars) {
          #expect(
            abs(Double(a) - b) <= 1e-5 * scale, "\(name), \(prefix)\(index): \(a) where PyTorch has \(b)")
        }
      }
    }
  }
}

/// A line of the fixture.
struct ReferenceCase: Decodable, Sendable {
  struct Array: Decodable, Sendable {
    let shape: [Int]
    let type: ValueType
    let scalars: [Double]

    enum Key: CodingKey { case shape, type, scalars }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      shape = try container.decode([Int].self, forKey: .shape)
      scalars = try container.decode([Double].self, forKey: .scalars)
      let element = ElementType(rawValue: try container.decode(String.self, forKey: .type)) ?? .float32
      type = ValueType(Shape(shape), element)
    }

    var array: ReferenceArray { ReferenceArray(type.shape, scalars) }
  }

  let name: String
  let inputs: [Array]
  let seed: Array
  let outputs: [Array]
  let gradients: [Array]
}

extension PyTorchReferenceTests {
  static let operations: [String: @Sendable ([Value]) -> [Value]] = [
    // elementwise
    "exp": { [$0[0].exponential] },
    "tanh": { [$0[0].tanh] },
    "sigmoid": { [$0[0].sigmoid] },
    "erf": { [$0[0].erf] },
    "relu": { [$0[0].relu] },
    "abs": { [$0[0].magnitude] },
    "log": { [$0[0].logarithm] },
    "sqrt": { [$0[0].squareRoot] },
    "gelu": { [$0[0].gelu] },
    "maximum": { [$0[0].maximum($0[1])] },
    "minimum": { [$0[0].minimum($0[1])] },
    "divide": { [$0[0] / $0[1]] },
    // shape
    "transpose": { [$0[0].transposed([0, 2, 1, 3])] },
    "slice": { [$0[0].sliced(1, 1..<3)] },
    "pad": { [$0[0].padded(1, before: 2, after: 1)] },
    "concatenate": { [$0[0].concatenated(with: $0[1], axis: 1)] },
    // reductions and losses
    "sum": { [$0[0].summed(over: [0, 2])] },
    "mean": { [$0[0].mean(over: [2, 3])] },
    "norm": { [$0.map(\.sumOfSquares).reduce($0[0].builder.constant(0), +).squareRoot] },
    "mean-squared-error": { [$0[0].meanSquaredError($0[1])] },
    "softmax": { [$0[0].softmax] },
    "log-softmax": { [$0[0].logSoftmax] },
    "softmax-cross-entropy": { [$0[0].softmaxCrossEntropy($0[1])] },
    // products
    "product": { [$0[0].product($0[1])] },
    "affine": { [$0[0].builder.applyAll(Affine(hasBias: true, rectifies: true), $0)[0]] },
    // planes
    "convolution": { [$0[0].convolution($0[1], bias: $0[2], stride: 2, padding: 1)] },
    "grouped-convolution": { [$0[0].convolution($0[1], padding: 1, groups: 2)] },
    "rectified-convolution": { [$0[0].convolution($0[1], bias: $0[2], rectifies: true)] },
    "max-pool": { [$0[0].maxPooled(2)] },
    "overlapping-max-pool": { [$0[0].maxPooled(3, stride: 2, padding: 1)] },
    "average-pool": { [$0[0].averagePooled(2)] },
    "overlapping-average-pool": { [$0[0].averagePooled(3, stride: 2, padding: 1)] },
    "global-average-pool": { [$0[0].globalAveragePooled] },
    // normalisation
    "batch-norm": { inputs in
      let (y, mean, variance) = inputs[0].batchNormalized(gamma: inputs[1], beta: inputs[2])
      let running = BatchNormalization.RunningStatistics(momentum: 0.1, count: 18)
      return [y] + y.builder.applyAll(running, [mean, variance, inputs[3], inputs[4]]).prefix(2)
    },
    "batch-norm-inference": {
      [$0[0].batchNormalized(gamma: $0[1], beta: $0[2], mean: $0[3], variance: $0[4])]
    },
    "layer-norm": { [$0[0].layerNormalized(gamma: $0[1], beta: $0[2])] },
    // attention
    "embedding": { [$0[0].rows(at: $0[1])] },
    "attention": { [$0[0].attention(to: $0[1], $0[2], heads: 2)] },
    "causal-self-attention": { [$0[0].selfAttention(heads: 2, isCausal: true)] },
    // optimizer steps
    "sgd": { steps($0, 0.125, SGDUpdate(momentum: 0, isNesterov: false, weightDecay: 0, isMasked: false)) },
    "nesterov": {
      steps($0, 0.125, SGDUpdate(momentum: 0.9, isNesterov: true, weightDecay: 0.01, isMasked: false))
    },
    "adam": { adamSteps($0, isDecoupled: false) },
    "adamw": { adamSteps($0, isDecoupled: true) },
    // second derivatives through whole networks
    "perceptron-curvature": { curvature($0, parameters: 4, perceptron) },
    "convolutional-curvature": { curvature($0, parameters: 5, convolutional) },
    "transformer-curvature": { curvature($0, parameters: 4, transformer) },
  ]

  /// Three steps of gradient descent from the first input along the others.
  private static func steps(_ inputs: [Value], _ rate: Float, _ update: SGDUpdate) -> [Value] {
    let builder = inputs[0].builder
    var (w, v) = (inputs[0], builder.constant(0, inputs[0].shape))
    for gradient in inputs.dropFirst() {
      let moments = update.momentum == 0 ? [] : [v]
      let outputs = builder.applyAll(
        update, [w, gradient] + moments + [builder.constant(rate), builder.constant(1)])
      w = outputs[0]
      if update.momentum != 0 { v = outputs[1] }
    }
    return [w]
  }

  private static func adamSteps(_ inputs: [Value], isDecoupled: Bool) -> [Value] {
    let builder = inputs[0].builder
    let update = AdamUpdate(
      beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, isDecoupled: isDecoupled, isMasked: false)
    var state = [inputs[0], builder.constant(0, inputs[0].shape), builder.constant(0, inputs[0].shape)]
    var (power1, power2) = (1.0, 1.0)
    for gradient in inputs.dropFirst() {
      (power1, power2) = (power1 * update.beta1, power2 * update.beta2)
      let numbers = [0.125, 1, Float(1 - power1), Float(1 - power2)].map { builder.constant($0) }
      state = Array(builder.applyAll(update, [state[0], gradient, state[1], state[2]] + numbers).prefix(3))
    }
    return [state[0]]
  }

  /// The second derivatives of a loss times a direction; inputs are data, labels, parameters, directions.
  private static func curvature(
    _ inputs: [Value], parameters count: Int,
    _ loss: (_ x: Value, _ labels: Value, _ parameters: [Value]) -> Value
  ) -> [Value] {
    let builder = inputs[0].builder
    let (parameters, directions) = (Array(inputs[2..<(2 + count)]), inputs[(2 + count)...])
    let gradients = builder.gradients(of: loss(inputs[0], inputs[1], parameters), wrt: parameters)
    let slope = zip(gradients, directions).map { ($0 * $1).sum }.reduce(builder.constant(0), +)
    return builder.gradients(of: slope, wrt: parameters)
  }

  private static func perceptron(_ x: Value, _ labels: Value, _ p: [Value]) -> Value {
    let builder = x.builder
    let hidden = builder.apply(Affine(hasBias: true), x, p[0], p[1]).tanh
    return builder.apply(Affine(hasBias: true), hidden, p[2], p[3]).softmaxCrossEntropy(labels).mean
  }

  private static func convolutional(_ x: Value, _ labels: Value, _ p: [Value]) -> Value {
    let planes = x.convolution(p[0], padding: 1).batchNormalized(gamma: p[1], beta: p[2]).y.gelu.maxPooled(2)
    return x.builder.apply(Affine(hasBias: true), planes.flattened(from: 1), p[3], p[4])
      .softmaxCrossEntropy(labels).mean
  }

  private static func transformer(_ x: Value, _ labels: Value, _ p: [Value]) -> Value {
    let projected = x.layerNormalized(gamma: p[0], beta: p[1]).product(p[2], transposingOther: true)
    let mixed = x + projected.selfAttention(heads: 2, isCausal: true)
    return mixed.product(p[3], transposingOther: true).mean(over: 1).softmaxCrossEntropy(labels).mean
  }
}

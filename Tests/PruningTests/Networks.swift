import CoppiceAutodiff
import CoppicePruning
import CoppiceTensors

/// Small networks to prune, and the shapes of known ones.
enum Networks {
  static let lenet300: [PrunableLayer] = [
    PrunableLayer(name: "fc1.weight", shape: [300, 784]),
    PrunableLayer(name: "fc2.weight", shape: [100, 300]),
    PrunableLayer(name: "fc3.weight", shape: [10, 100]),
  ]
  static let lenet5: [PrunableLayer] = [
    PrunableLayer(name: "conv1.weight", shape: [20, 1, 5, 5]),
    PrunableLayer(name: "conv2.weight", shape: [50, 20, 5, 5]),
    PrunableLayer(name: "fc1.weight", shape: [500, 800]),
    PrunableLayer(name: "fc2.weight", shape: [10, 500]),
  ]
  static let conv2: [PrunableLayer] = [
    PrunableLayer(name: "conv1.weight", shape: [64, 3, 3, 3]),
    PrunableLayer(name: "conv2.weight", shape: [64, 64, 3, 3]),
    PrunableLayer(name: "fc1.weight", shape: [256, 16384]),
    PrunableLayer(name: "fc2.weight", shape: [256, 256]),
    PrunableLayer(name: "fc3.weight", shape: [10, 256]),
  ]
  static let byName = ["lenet-300-100": lenet300, "lenet-5": lenet5, "conv-2": conv2]

  /// Weights of two linear layers, a convolution and a bias, all different; gradients and initial weights likewise.
  static func context(seed: UInt64 = 7) -> ScoringContext {
    let shapes: [(String, Shape)] = [
      ("conv.weight", [4, 2, 3, 3]), ("conv.bias", [4]), ("fc1.weight", [12, 20]), ("fc2.weight", [5, 12]),
      ("conv.scale", [4]), ("fc1.scale", [12]), ("fc2.scale", [5]),
    ]
    func parameters(_ seed: UInt64) -> ParameterSet {
      var generator = Generator(state: seed)
      return ParameterSet(
        shapes.map { name, shape in
          (name: name, tensor: Tensor(shape, (0..<shape.count).map { _ in generator.float() }))
        })
    }
    let squares = [Evidence.squaredGradients, .inputSquares, .flow].enumerated().map { index, evidence in
      (evidence, parameters(4 + UInt64(index)).mapValues { Tensor($0.shape, $0.scalars.map { $0 * $0 }) })
    }
    let masks = MaskSet(
      shapes.filter { $0.0.hasSuffix("weight") }.map { (name: $0.0, mask: Mask(keepingAll: $0.1)) })
    // What has another shape than the weights: a number a row, or a head.
    func gates(_ seed: UInt64, _ counts: [(String, Int)]) -> ParameterSet {
      var generator = Generator(state: seed)
      return ParameterSet(
        counts.map { ($0, Tensor([$1], (0..<$1).map { _ in generator.float().magnitude })) })
    }
    let shaped = [
      (Evidence.activationGates, gates(7, [("conv.weight", 4), ("fc1.weight", 12), ("fc2.weight", 5)])),
      (.headGates, gates(8, [("fc2.weight", 4)])),
    ]
    return ScoringContext(
      weights: parameters(1), masks: masks, initialWeights: parameters(2), seed: seed,
      structure: structure,
      evidence: [(.gradients, parameters(3)), (.hessianGradients(temperature: 200), parameters(9))] + squares
        + shaped + secondOrder, sensitivity: sensitivity)
  }

  /// What evidence of second order and of activations could have found, for the layers of `context`.
  private static let secondOrder: [(Evidence, ParameterSet)] = {
    let masks = MaskSet([
      ("conv.weight", Mask(keepingAll: [4, 2, 3, 3])), ("fc1.weight", Mask(keepingAll: [12, 20])),
      ("fc2.weight", Mask(keepingAll: [5, 12])),
    ])
    var generator = Generator(state: 6)
    func tensor(_ shape: Shape) -> Tensor {
      Tensor(shape, (0..<shape.count).map { _ in generator.float() })
    }
    func combined(_ evidence: Evidence, parts: Int, _ shape: (Shape) -> Shape) -> (Evidence, ParameterSet) {
      var accumulator = Evidence.Accumulator(evidence)
      for _ in 0..<parts {
        try? accumulator.add(ParameterSet(masks.map { ($0, tensor(shape($1.shape)).absolute) }))
      }
      guard let found = try? accumulator.result() else { preconditionFailure("\(evidence) has no parts") }
      return (evidence, found)
    }
    let products = masks.map { name, mask in
      let length = mask.count / mask.shape[0]
      let rows = (0..<(length + 5)).map { _ in tensor([length]).scalars }
      let sums = (0..<length).flatMap { i in (0..<length).map { j in rows.reduce(0) { $0 + $1[i] * $1[j] } } }
      return (name: name, tensor: Tensor([1, length, length], sums))
    }
    return [
      combined(.curvatureDiagonal, parts: 1) { $0 }, (.inputProducts, ParameterSet(products)),
      combined(.exampleGradients, parts: 20) { $0 }, combined(.fisherBlocks(of: 10), parts: 20) { $0 },
      combined(.fisherBlocks(of: 50), parts: 70) { $0 },
      combined(.outputMagnitudes, parts: 3) { [$0[0]] }, combined(.outputActivity, parts: 3) { [$0[0]] },
      combined(.outputMaxima, parts: 3) { [$0[0]] },
      combined(.relevance(), parts: 3) { [$0[0]] },
    ]
  }()

  /// Losses with one layer of `context` pruned: the convolution costs most, fc2 first nothing.
  static let sensitivity = LayerSensitivity(
    levels: [0, 0.5, 0.9, 1],
    layers: [
      .init("conv.weight", losses: [1, 1.5, 2, 2.5]), .init("fc1.weight", losses: [1, 1.25, 1.5, 2]),
      .init("fc2.weight", losses: [1, 1, 1.75, 3]),
    ])

  /// The evidence there is in `context`.
  static let evidence: [Evidence] =
    Evidence.shipped.filter { $0.name != "relevance" } + [.headGates, .fisherBlocks(of: 50), .relevance()]

  /// The same context with other masks, the weights masked.
  static func context(_ masks: MaskSet) -> ScoringContext {
    let whole = context()
    return ScoringContext(
      weights: masks.applied(to: whole.weights), masks: masks,
      initialWeights: try? whole.initialWeights(), seed: 7, structure: structure,
      evidence: evidence.map { evidence in
        guard let values = try? whole.evidence(evidence) else {
          preconditionFailure("\(evidence) is missing")
        }
        return (evidence, values)
      }, sensitivity: sensitivity)
  }

  /// What belongs to the layers of `context`: the convolution's bias, four heads that own three rows of fc1 and the columns of fc2 that
  /// read them, the convolution's channels, each a block of columns of fc1, its inputs as features of a stream, and rows of fc2 as
  /// hidden units; two residual branches, the second of a block of its own.
  static let structure: NetworkStructure = {
    var structure = parts
    // The convolution gives four channels of five places, which fc1 reads; fc2 reads fc1 and gives what comes out.
    let graph = try? Graph.trace { builder in
      func weight(_ name: String, _ shape: Shape) -> Value { builder.parameter(name, shape) }
      let x = builder.input("inputs", [1, 2, 3, 7]).convolution(
        weight("conv.weight", [4, 2, 3, 3]), bias: weight("conv.bias", [4]), rectifies: true)
      let hidden = builder.applyAll(
        Affine(hasBias: false, rectifies: true), [x.flattened(from: 1), weight("fc1.weight", [12, 20])])
      builder.output(
        "logits", builder.applyAll(Affine(hasBias: false), hidden + [weight("fc2.weight", [5, 12])])[0])
    }
    structure.passages = graph?.passages(of: ["conv.weight", "fc1.weight", "fc2.weight"]) ?? [:]
    return structure
  }()

  private static let parts = NetworkStructure(
    companions: ["conv.weight": ["conv.bias"]],
    scales: ["conv.weight": "conv.scale", "fc1.weight": "fc1.scale", "fc2.weight": "fc2.scale"],
    groups: (0..<4).map { head in
      let places = Array((3 * head)..<(3 * head + 3))
      return AxisGroup(
        [AxisSlice("fc1.weight", axis: 0, places), AxisSlice("fc2.weight", axis: 1, places)], labels: ["head"]
      )
    } + [AxisGroup([AxisSlice("fc2.weight", axis: 0, [0])], isFixed: true)]
      + (0..<4).map { channel in
        AxisGroup(
          [
            AxisSlice("conv.weight", axis: 0, [channel]), AxisSlice("conv.bias", axis: 0, [channel]),
            AxisSlice("fc1.weight", axis: 1, Array((5 * channel)..<(5 * channel + 5))),
          ], labels: ["channel"])
      }
      + (0..<2).map {
        AxisGroup([AxisSlice("conv.weight", axis: 1, [$0])], labels: ["embedding"])
      }
      + (1..<5).map { AxisGroup([AxisSlice("fc2.weight", axis: 0, [$0])]) },
    branches: [
      AxisGroup([
        AxisSlice("conv.weight", axis: 0, Array(0..<4)), AxisSlice("conv.bias", axis: 0, Array(0..<4)),
      ]),
      AxisGroup([AxisSlice("fc1.weight", axis: 0, Array(0..<12))]),
    ], blocks: [AxisGroup([AxisSlice("fc1.weight", axis: 0, Array(0..<12))])],
    flops: ["conv.weight": 7200, "fc1.weight": 480, "fc2.weight": 120])

  /// Masks that keep everything.
  static func masks(_ layers: [PrunableLayer]) -> MaskSet {
    MaskSet(layers.map { (name: $0.name, mask: Mask(keepingAll: $0.shape)) })
  }
}

extension Evidence {
  /// The evidence that is shipped: what every test of evidence runs over. The gates on heads have a network of their own.
  static let shipped: [Evidence] = [
    .gradients, .squaredGradients, .inputSquares, .hessianGradients(temperature: 200), .flow,
    .activationGates, .curvatureDiagonal, .exampleGradients, .fisherBlocks(of: 10), .inputProducts,
    .outputMagnitudes, .outputActivity, .outputMaxima, .relevance(epsilon: 0.01),
  ]
}

extension Tensor {
  /// The absolute values.
  var absolute: Tensor { Tensor(shape, scalars.map(\.magnitude)) }
}

/// SplitMix64, so that test data do not depend on the code under test.
struct Generator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A multiple of 2⁻²³ in [−1, 1).
  mutating func float() -> Float { Float(next() >> 40) * 0x1p-23 - 1 }

  mutating func integer(below bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

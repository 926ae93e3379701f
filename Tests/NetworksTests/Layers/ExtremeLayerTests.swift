import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import CoppiceTestSupport
import Testing

/// Layers with numbers that no layer should have are refused by an error when they are traced. None traps.
@Suite struct ExtremeLayerTests {
  static let wholes = [0, -1, 65_536, 1 << 40, .max, .min]
  static let numbers = [0, -0.0, -1, 1, 2, 1e300, .infinity, -.infinity, .nan]

  static let ofWholes: [(name: String, layer: @Sendable (Int) -> any Layer)] = [
    ("linear", { Linear($0) }), ("convolution's outputs", { Convolution($0, kernel: 3) }),
    ("convolution's kernel", { Convolution(2, kernel: $0) }),
    ("convolution's stride", { Convolution(2, kernel: 3, stride: $0) }),
    ("convolution's padding", { Convolution(2, kernel: 3, padding: $0) }),
    ("convolution's groups", { Convolution(2, kernel: 3, groups: $0) }),
    ("convolution's kernel and padding", { Convolution(2, kernel: $0, padding: $0) }),
    ("convolution's all", { Convolution($0, kernel: $0, stride: $0, padding: $0, groups: $0) }),
    ("maximum's side", { MaxPool($0) }), ("maximum's stride", { MaxPool(2, stride: $0) }),
    ("maximum's padding", { MaxPool(2, padding: $0) }),
    ("maximum's all", { MaxPool($0, stride: $0, padding: $0) }),
    ("mean's side", { AveragePool($0) }), ("mean's stride", { AveragePool(2, stride: $0) }),
    ("mean's padding", { AveragePool(2, padding: $0) }),
    ("residual block's width", { ResidualBlock($0) }),
    ("residual block's stride", { ResidualBlock(2, stride: $0) }),
    ("attention's heads", { OnSequences(MultiHeadAttention(heads: $0)) }),
    ("block's heads", { OnSequences(TransformerBlock(heads: $0)) }),
    ("block's hidden features", { OnSequences(TransformerBlock(heads: 1, feedForward: $0)) }),
    ("embedding's vocabulary", { OnTokens(Embedding($0, width: 2)) }),
    ("embedding's width", { OnTokens(Embedding(2, width: $0)) }),
    ("constant", { Constant(extent: $0) }),
  ]

  static let ofNumbers: [(name: String, layer: @Sendable (Double) -> any Layer)] = [
    ("batch normalisation's epsilon", { BatchNormalization(epsilon: $0) }),
    ("batch normalisation's momentum", { BatchNormalization(momentum: $0) }),
    ("layer normalisation's epsilon", { LayerNormalization(epsilon: $0) }), ("dropout", { Dropout($0) }),
    ("block's dropout", { OnSequences(TransformerBlock(heads: 1, dropout: $0)) }),
  ]

  private func trace(_ layer: any Layer) -> String {
    let model = Model("extreme", initializer: .zeros) { input, interface, scope in
      Linear(interface.classes)(layer(input, scope["layer"]).flattened(from: 1), scope["fc"])
    }
    return message {
      let network = try Network(model, .images([4, 8, 8], classes: 3))
      _ = try network.trainingGraph(batch: 2, optimizer: .adam(), masked: []).flops
      _ = try network.evaluationGraph(batch: 2).flops
    }
  }

  @Test(arguments: ofWholes.map(\.name))
  func wholeNumbers(name: String) throws {
    let make = try #require(Self.ofWholes.first { $0.name == name }).layer
    let refused = Self.wholes.filter { !trace(make($0)).isEmpty }
    #expect(refused.contains(.min) && refused.contains(-1), "\(refused)")
  }

  @Test(arguments: ofNumbers.map(\.name))
  func numbers(name: String) throws {
    let make = try #require(Self.ofNumbers.first { $0.name == name }).layer
    for number in Self.numbers {
      let said = trace(make(number))
      let isRight = number >= 0 && (number <= 1 || name.hasSuffix("epsilon") && number < 1e30)
      #expect(said.isEmpty == isRight, "\(number): \(said)")
      if !isRight { #expect(said.contains("\(number)"), "\(said)") }
    }
  }
}

/// A layer of sequences on the rows of images.
private struct OnSequences: Layer {
  let layer: any Layer
  init(_ layer: any Layer) { self.layer = layer }
  func trace(_ x: Value, _ scope: Scope) -> Value { layer(x.mergingAxes(1, count: 2), scope["rows"]) }
}

/// A layer of tokens on none: labels of the greatest numbers.
private struct OnTokens: Layer {
  let layer: any Layer
  init(_ layer: any Layer) { self.layer = layer }
  func trace(_ x: Value, _ scope: Scope) -> Value {
    layer(x.builder.input("tokens", [x.shape[0], 5], .int32), scope["tokens"])
  }
}

/// A constant of an extent.
private struct Constant: Layer {
  let extent: Int
  func trace(_ x: Value, _ scope: Scope) -> Value { scope.constant(1, [x.shape[0], extent]) }
}

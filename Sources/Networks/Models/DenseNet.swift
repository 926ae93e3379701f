import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

extension Model {
  /// DenseNet-BC for CIFAR, of growth 12 and 100 layers: 769,162 parameters on CIFAR-10. Huang et al. 2017; names as in torchvision. A
  /// 3×3 convolution `features.conv0` to twice the growth, then dense blocks.
  ///
  /// - Parameters:
  ///   - growth: channels that each dense layer adds.
  ///   - blocks: the dense layers of each block.
  public static func denseNet(
    growth: Int = 12, blocks: [Int] = [16, 16, 16], initializer: Initializer = .kaimingNormal
  ) -> Model {
    denseNet("densenet", growth, blocks, initializer) { x, scope in
      Convolution(growth.times(2), kernel: 3, padding: 1, hasBias: false)(x, scope["conv0"])
    }
  }

  /// DenseNet-121 for ImageNet: 7,978,856 parameters and 2.83 billion multiply-adds on 224×224. Huang et al. 2017; names as in
  /// torchvision. A 7×7 convolution and a 3×3 maximum, each of stride 2, then dense blocks.
  ///
  /// - Parameters:
  ///   - growth: channels that each dense layer adds.
  ///   - blocks: the dense layers of each block.
  public static func denseNet121(
    growth: Int = 32, blocks: [Int] = [6, 12, 24, 16], initializer: Initializer = .kaimingNormal
  ) -> Model {
    denseNet("densenet-121", growth, blocks, initializer) { x, scope in
      let layer = Convolution(growth.times(2), kernel: 7, stride: 2, padding: 3, hasBias: false)
      let y = BatchNormalization()(layer(x, scope["conv0"]), scope["norm0"]).relu
      return MaxPool(3, stride: 2, padding: 1)(y, scope["pool0"])
    }
  }

  /// A stem; blocks of dense layers, between them a transition to half the channels and half the sides; a last normalisation with ReLU;
  /// the mean of each channel; `classifier`.
  private static func denseNet(
    _ name: String, _ growth: Int, _ blocks: [Int], _ initializer: Initializer,
    stem: @escaping @Sendable (Value, Scope) -> Value
  ) -> Model {
    let fields: [(name: String, value: Specification.Value)] = [
      ("growth", .integer(growth)), ("blocks", .list(blocks.map { .integer($0) })),
    ]
    return Model(name, version: 1, fields, initializer: initializer) { input, interface, scope in
      guard case .images = interface else { return scope.refuse(name, interface, needs: "images") }
      let features = scope["features"]
      var x = stem(input, features)
      for (block, layers) in blocks.enumerated() {
        if block > 0 {
          let part = features["transition\(block)"]
          x = BatchNormalization()(x, part["norm"]).relu
          x = Convolution(x.shape[1] / 2, kernel: 1, hasBias: false)(x, part["conv"])
          x = AveragePool(2)(x, part["pool"])
        }
        for layer in 0..<max(0, layers) {
          x = DenseLayer(growth)(x, features["denseblock\(block + 1).denselayer\(layer + 1)"])
        }
      }
      x = GlobalAveragePool()(BatchNormalization()(x, features["norm5"]).relu, scope)
      return Linear(interface.classes)(x, scope["classifier"])
    }
  }
}

/// A dense layer of Huang et al. 2017 on `[batch, channels, height, width]`: `growth` channels more behind those of x. They are made by
/// batch normalisation, ReLU and a 1×1 convolution to four times the growth, then again with a 3×3 convolution. Parts `norm1`, `conv1`,
/// `norm2` and `conv2`.
public struct DenseLayer: Layer {
  /// Channels it adds.
  public var growth: Int

  /// A layer that adds `growth` channels.
  public init(_ growth: Int) { self.growth = growth }

  /// Adds the layer to the trace.
  public func trace(_ x: Value, _ scope: Scope) -> Value {
    let first = BatchNormalization()(x, scope["norm1"]).relu
    let inner = Convolution(growth.times(4), kernel: 1, hasBias: false)(first, scope["conv1"])
    let second = BatchNormalization()(inner, scope["norm2"]).relu
    let made = Convolution(growth, kernel: 3, padding: 1, hasBias: false)(second, scope["conv2"])
    return x.concatenated(with: made, axis: 1)
  }
}

extension Shipped<Model> {
  static let denseNet: Shipped = .model(
    .denseNet(), "DenseNet-BC for CIFAR, of growth 12 and 100 layers: 769,162 parameters",
    paper: "Huang et al. 2017"
  ) { fields in
    .denseNet(
      growth: try fields.count("growth", default: 12),
      blocks: try fields.depths("blocks", default: [16, 16, 16]))
  }

  static let denseNet121: Shipped = .model(
    .denseNet121(), "DenseNet-121 for ImageNet: 7,978,856 parameters", paper: "Huang et al. 2017"
  ) { fields in
    .denseNet121(
      growth: try fields.count("growth", default: 32),
      blocks: try fields.depths("blocks", default: [6, 12, 24, 16]))
  }
}

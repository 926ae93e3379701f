import CoppiceAutodiff
import CoppiceTerms

extension Model {
  /// ResNet-20 for CIFAR: 16, 32 and 64 channels, three blocks each, and a 1×1 projection where the shape changes; 272,474
  /// parameters. He et al. 2016; names as in open_lth, so that its files travel.
  public static let resnet20 = resnet("resnet-20", [], [16, 32, 64], 3, .kaimingNormal)

  /// ResNet-56 for CIFAR: ResNet-20 with nine blocks a stage; 855,770 parameters. He et al. 2016.
  public static let resnet56 = resnet("resnet-56", [], [16, 32, 64], 9, .kaimingNormal)

  /// A residual network for small images: a 3×3 convolution `conv`, `bn`; for each width a stage of `blocks` blocks, the first of
  /// every later stage with stride 2; the mean of each channel; `fc`.
  public static func resnet(
    _ widths: [Int], blocks: Int, initializer: Initializer = .kaimingNormal
  ) -> Model {
    resnet(
      "resnet", [("widths", .list(widths.map { .integer($0) })), ("blocks", .integer(blocks))], widths,
      blocks,
      initializer)
  }

  private static func resnet(
    _ name: String, _ fields: [(name: String, value: Specification.Value)], _ widths: [Int], _ blocks: Int,
    _ initializer: Initializer
  ) -> Model {
    Model(name, version: 1, fields, initializer: initializer) { input, interface, scope in
      guard case .images = interface else { return scope.refuse(name, interface, needs: "images") }
      guard let first = widths.first, blocks >= 1 else {
        return scope.refuse(name, "needs at least one width and one block a stage")
      }
      var x = Convolution(first, kernel: 3, padding: 1, hasBias: false)(input, scope["conv"])
      x = BatchNormalization()(x, scope["bn"]).relu
      var index = 0
      for (stage, width) in widths.enumerated() {
        for block in 0..<blocks {
          x = ResidualBlock(width, stride: stage > 0 && block == 0 ? 2 : 1)(x, scope["blocks.\(index)"])
          index += 1
        }
      }
      return Linear(interface.classes)(GlobalAveragePool()(x, scope), scope["fc"])
    }
  }
}

/// The basic block of He et al. 2016 on `[batch, channels, height, width]`: `relu(bn2(conv2(relu(bn1(conv1(x))))) + shortcut(x))`;
/// the shortcut is x itself or, where the shape changes, a 1×1 convolution `shortcut.0` with batch normalisation `shortcut.1`, or by
/// another name in place of `shortcut`.
public struct ResidualBlock: Layer {
  /// Channels it gives.
  public var width: Int
  /// The stride of its first convolution.
  public var stride: Int
  /// The name of what is in the shortcut.
  public var shortcut: String

  /// A block of `width` channels.
  public init(_ width: Int, stride: Int = 1, shortcut: String = "shortcut") {
    self.width = width
    self.stride = stride
    self.shortcut = shortcut
  }

  /// Adds the block to the trace.
  public func trace(_ x: Value, _ scope: Scope) -> Value {
    guard x.shape.rank == 4 else {
      return scope.refuse("residual-block", "takes [batch, channels, height, width], not \(x.shape)")
    }
    func convolved(_ x: Value, kernel: Int, stride: Int, _ name: String, _ normalization: String) -> Value {
      let layer = Convolution(width, kernel: kernel, stride: stride, padding: kernel / 2, hasBias: false)
      return BatchNormalization()(layer(x, scope[name]), scope[normalization])
    }
    let inner = convolved(x, kernel: 3, stride: stride, "conv1", "bn1").relu
    let residual = convolved(inner, kernel: 3, stride: 1, "conv2", "bn2")
    let isSame = stride == 1 && x.shape[1] == width
    let other = isSame ? x : convolved(x, kernel: 1, stride: stride, "\(shortcut).0", "\(shortcut).1")
    return (residual + other).relu
  }
}

extension Shipped<Model> {
  static let resnet20: Shipped = .model(
    .resnet20, "ResNet-20 for CIFAR: 272,474 parameters", paper: "He et al. 2016")

  static let resnet56: Shipped = .model(
    .resnet56, "ResNet-56 for CIFAR: 855,770 parameters", paper: "He et al. 2016")

  static let resnet: Shipped = .model(
    .resnet([16, 32, 64], blocks: 3), "a residual network for small images", paper: "He et al. 2016"
  ) { fields in
    .resnet(
      try fields.counts("widths", default: [16, 32, 64]),
      blocks: try fields.integer("blocks", .depth, default: 3))
  }
}

import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

extension Model {
  /// MobileNetV2 for ImageNet: 3,504,872 parameters and 0.30 billion multiply-adds on 224×224. Sandler et al. 2018; names as in
  /// torchvision.
  ///
  /// - Parameters:
  ///   - width: channels, as a multiple of the paper's, rounded to multiples of 8; the last convolution never has fewer than 1,280.
  ///   - depth: blocks of each stage, as a multiple of the paper's, rounded up.
  ///   - dropout: the fraction dropped before the classifier while training, 0…1.
  public static func mobileNetV2(
    width: Double = 1, depth: Double = 1, dropout: Double = 0.2, initializer: Initializer = .kaimingNormal
  ) -> Model {
    let scaling = NetworkScaling(width: width, depth: depth)
    let fields = scaling.fields + [("dropout", .number(dropout))]
    return Model("mobilenet-v2", version: 1, fields, initializer: initializer) { input, interface, scope in
      guard case .images = interface else {
        return scope.refuse("mobilenet-v2", interface, needs: "images")
      }
      guard scaling.isPossible else { return scope.refuse("mobilenet-v2", scaling.demand) }
      let stages: [(expansion: Int, channels: Int, blocks: Int, stride: Int)] = [
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2),
        (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
      ]
      let features = scope["features"]
      let stem = NormalizedConvolution(scaling.channels(32), kernel: 3, stride: 2, activation: .relu6)
      var (x, index) = (stem(input, features["0"]), 1)
      for stage in stages {
        for block in 0..<scaling.blocks(stage.blocks) {
          let residual = InvertedResidual(
            scaling.channels(stage.channels), expansion: stage.expansion,
            stride: block == 0 ? stage.stride : 1)
          x = residual(x, features["\(index)"])
          index += 1
        }
      }
      let last = NormalizedConvolution(
        max(1_280, scaling.channels(1_280)), kernel: 1, activation: .relu6)
      x = GlobalAveragePool()(last(x, features["\(index)"]), scope)
      return Linear(interface.classes)(Dropout(dropout)(x, scope["classifier.0"]), scope["classifier.1"])
    }
  }
}

/// The inverted residual block of Sandler et al. 2018 on `[batch, channels, height, width]`: a 1×1 convolution to `expansion` times the
/// channels (none where that is 1), a 3×3 one of each channel by itself, both with ReLU6, and a 1×1 one to `outputs` channels without; x
/// is added where shapes are equal. Parts `conv.0 …`, as in torchvision.
public struct InvertedResidual: Layer {
  /// Channels it gives.
  public var outputs: Int
  /// Inner channels, as a multiple of those it takes.
  public var expansion: Int
  /// The stride of the convolution of each channel.
  public var stride: Int

  /// A block that gives `outputs` channels.
  public init(_ outputs: Int, expansion: Int, stride: Int = 1) {
    self.outputs = outputs
    self.expansion = expansion
    self.stride = stride
  }

  /// Adds the block to the trace.
  public func trace(_ x: Value, _ scope: Scope) -> Value {
    guard x.shape.rank == 4 else {
      return scope.refuse("inverted-residual", "takes [batch, channels, height, width], not \(x.shape)")
    }
    let (part, channels) = (scope["conv"], x.shape[1].times(expansion))
    var (y, index) = (x, 0)
    if expansion != 1 {
      y = NormalizedConvolution(channels, kernel: 1, activation: .relu6)(y, part["0"])
      index = 1
    }
    let depthwise = NormalizedConvolution(
      channels, kernel: 3, stride: stride, groups: channels, activation: .relu6)
    y = depthwise(y, part["\(index)"])
    // The last pair is not nested in torchvision: its parts follow by number.
    y = Convolution(outputs, kernel: 1, hasBias: false)(y, part["\(index + 1)"])
    y = BatchNormalization()(y, part["\(index + 2)"])
    return stride == 1 && x.shape[1] == outputs ? x + y : y
  }
}

extension Shipped<Model> {
  static let mobileNetV2: Shipped = .model(
    .mobileNetV2(), "MobileNetV2 for ImageNet: 3,504,872 parameters", paper: "Sandler et al. 2018"
  ) { fields in
    .mobileNetV2(
      width: try fields.positive("width", default: 1), depth: try fields.positive("depth", default: 1),
      dropout: try fields.number("dropout", in: 0...1, default: 0.2))
  }
}

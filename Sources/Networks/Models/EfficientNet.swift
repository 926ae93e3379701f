import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

extension Model {
  /// EfficientNet-B0 for ImageNet: 5,288,548 parameters and 0.39 billion multiply-adds on 224×224. Tan and Le 2019; names as in
  /// torchvision. Blocks are not dropped while training (stochastic depth).
  ///
  /// - Parameters:
  ///   - width: channels, as a multiple of B0's, rounded to multiples of 8.
  ///   - depth: blocks of each stage, as a multiple of B0's, rounded up: 1.1 makes B1 of it.
  ///   - dropout: the fraction dropped before the classifier while training, 0…1.
  public static func efficientNetB0(
    width: Double = 1, depth: Double = 1, dropout: Double = 0.2, initializer: Initializer = .kaimingNormal
  ) -> Model {
    let scaling = NetworkScaling(width: width, depth: depth)
    let fields = scaling.fields + [("dropout", .number(dropout))]
    return Model("efficientnet-b0", version: 1, fields, initializer: initializer) { input, interface, scope in
      guard case .images = interface else {
        return scope.refuse("efficientnet-b0", interface, needs: "images")
      }
      guard scaling.isPossible else { return scope.refuse("efficientnet-b0", scaling.demand) }
      let stages: [(expansion: Int, kernel: Int, stride: Int, channels: Int, blocks: Int)] = [
        (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2),
        (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4), (6, 3, 1, 320, 1),
      ]
      let features = scope["features"]
      let stem = NormalizedConvolution(scaling.channels(32), kernel: 3, stride: 2, activation: .silu)
      var x = stem(input, features["0"])
      for (index, stage) in stages.enumerated() {
        for block in 0..<scaling.blocks(stage.blocks) {
          let layer = GatedInvertedResidual(
            scaling.channels(stage.channels), expansion: stage.expansion, kernel: stage.kernel,
            stride: block == 0 ? stage.stride : 1)
          x = layer(x, features["\(index + 1).\(block)"])
        }
      }
      let last = NormalizedConvolution(4 * scaling.channels(320), kernel: 1, activation: .silu)
      x = GlobalAveragePool()(last(x, features["\(stages.count + 1)"]), scope)
      return Linear(interface.classes)(Dropout(dropout)(x, scope["classifier.0"]), scope["classifier.1"])
    }
  }
}

/// The inverted residual block of EfficientNet (Tan and Le 2019) on `[batch, channels, height, width]`: a 1×1 convolution to `expansion`
/// times the channels (none where that is 1), one of each channel by itself, both with SiLU, a gate for each of these channels, and a 1×1
/// convolution to `outputs` channels; x is added where shapes are equal. The gate has a quarter of the block's input channels inside.
/// Parts `block.0 …`, as in torchvision.
public struct GatedInvertedResidual: Layer {
  /// Channels it gives.
  public var outputs: Int
  /// Inner channels, as a multiple of those it takes.
  public var expansion: Int
  /// The side of the filters of each channel, odd.
  public var kernel: Int
  /// The stride of the convolution of each channel.
  public var stride: Int

  /// A block that gives `outputs` channels.
  public init(_ outputs: Int, expansion: Int, kernel: Int, stride: Int = 1) {
    self.outputs = outputs
    self.expansion = expansion
    self.kernel = kernel
    self.stride = stride
  }

  /// Adds the block to the trace.
  public func trace(_ x: Value, _ scope: Scope) -> Value {
    guard x.shape.rank == 4 else {
      return scope.refuse("gated-inverted-residual", "takes [batch, channels, height, width], not \(x.shape)")
    }
    let (part, channels) = (scope["block"], x.shape[1].times(expansion))
    var layers: [any Layer] = []
    if expansion != 1 { layers.append(NormalizedConvolution(channels, kernel: 1, activation: .silu)) }
    layers += [
      NormalizedConvolution(channels, kernel: kernel, stride: stride, groups: channels, activation: .silu),
      SqueezeExcitation(squeezed: max(1, x.shape[1] / 4)), NormalizedConvolution(outputs, kernel: 1),
    ]
    let y = layers.enumerated().reduce(x) { $1.element($0, part["\($1.offset)"]) }
    return stride == 1 && x.shape[1] == outputs ? x + y : y
  }
}

extension Shipped<Model> {
  static let efficientNetB0: Shipped = .model(
    .efficientNetB0(), "EfficientNet-B0 for ImageNet: 5,288,548 parameters", paper: "Tan and Le 2019"
  ) { fields in
    .efficientNetB0(
      width: try fields.positive("width", default: 1), depth: try fields.positive("depth", default: 1),
      dropout: try fields.number("dropout", in: 0...1, default: 0.2))
  }
}

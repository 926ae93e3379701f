import CoppiceTensors
import CoppiceTerms

extension Model {
  /// ResNet-18 for ImageNet: 11,689,512 parameters and 1.81 billion multiply-adds on 224×224. He et al. 2016; names as in torchvision.
  /// Stages of three, four, six and three blocks make ResNet-34 of it.
  ///
  /// - Parameters:
  ///   - width: channels of the first stage; each further one has twice as many.
  ///   - blocks: the basic blocks of each stage.
  public static func resnet18(
    width: Int = 64, blocks: [Int] = [2, 2, 2, 2], initializer: Initializer = .kaimingNormal
  ) -> Model {
    largeResNet("resnet-18", width, blocks, initializer) { width, stride in
      ResidualBlock(width, stride: stride, shortcut: "downsample")
    }
  }

  /// ResNet-50 for ImageNet: 25,557,032 parameters and 4.09 billion multiply-adds on 224×224. He et al. 2016, with the stride in the 3×3
  /// convolutions; names as in torchvision. With 23 blocks in its third stage it is ResNet-101.
  ///
  /// - Parameters:
  ///   - width: inner channels of the first stage's blocks; each further stage has twice as many.
  ///   - blocks: the bottleneck blocks of each stage.
  public static func resnet50(
    width: Int = 64, blocks: [Int] = [3, 4, 6, 3], initializer: Initializer = .kaimingNormal
  ) -> Model {
    largeResNet("resnet-50", width, blocks, initializer) { BottleneckBlock($0, stride: $1) }
  }

  /// A residual network for large images: a 7×7 convolution `conv1`, `bn1` and a 3×3 maximum, each of stride 2; stages `layer1 …` of
  /// blocks, the first block of every later stage with stride 2; the mean of each channel; `fc`.
  private static func largeResNet(
    _ name: String, _ width: Int, _ blocks: [Int], _ initializer: Initializer,
    block: @escaping @Sendable (_ width: Int, _ stride: Int) -> any Layer
  ) -> Model {
    let fields: [(name: String, value: Specification.Value)] = [
      ("width", .integer(width)), ("blocks", .list(blocks.map { .integer($0) })),
    ]
    return Model(name, version: 1, fields, initializer: initializer) { input, interface, scope in
      guard case .images = interface else { return scope.refuse(name, interface, needs: "images") }
      let widths = Model.doubling(width, stages: blocks.count)
      var x = Convolution(width, kernel: 7, stride: 2, padding: 3, hasBias: false)(input, scope["conv1"])
      x = BatchNormalization()(x, scope["bn1"]).relu
      x = MaxPool(3, stride: 2, padding: 1)(x, scope["maxpool"])
      for (stage, count) in blocks.enumerated() {
        for index in 0..<max(0, count) {
          let layer = block(widths[stage], stage > 0 && index == 0 ? 2 : 1)
          x = layer(x, scope["layer\(stage + 1).\(index)"])
        }
      }
      return Linear(interface.classes)(GlobalAveragePool()(x, scope), scope["fc"])
    }
  }

  /// A width for each stage, twice that of the stage before.
  static func doubling(_ width: Int, stages: Int) -> [Int] {
    (0..<stages).reduce(into: []) { widths, _ in widths.append(widths.last?.times(2) ?? width) }
  }
}

extension Shipped<Model> {
  static let resnet18: Shipped = .model(
    .resnet18(), "ResNet-18 for ImageNet: 11,689,512 parameters", paper: "He et al. 2016"
  ) { fields in
    .resnet18(
      width: try fields.count("width", default: 64),
      blocks: try fields.depths("blocks", default: [2, 2, 2, 2]))
  }

  static let resnet50: Shipped = .model(
    .resnet50(), "ResNet-50 for ImageNet: 25,557,032 parameters", paper: "He et al. 2016"
  ) { fields in
    .resnet50(
      width: try fields.count("width", default: 64),
      blocks: try fields.depths("blocks", default: [3, 4, 6, 3]))
  }
}

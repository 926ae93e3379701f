import CoppiceTensors
import CoppiceTerms

extension Model {
  /// VGG-16 for CIFAR, with batch normalisation: 13 convolutions of 64 to 512 filters and one linear layer; 14,728,266 parameters on
  /// CIFAR-10. Simonyan and Zisserman 2015, in the form of Frankle et al. 2020; names as in open_lth.
  ///
  /// - Parameters:
  ///   - width: filters of the first stage; each further one has twice as many, and no more than eight times as many.
  ///   - blocks: the convolutions of each stage.
  public static func vgg16(
    width: Int = 64, blocks: [Int] = [2, 2, 3, 3, 3], initializer: Initializer = .kaimingNormal
  ) -> Model { vgg("vgg-16", width, blocks, initializer) }

  /// VGG-19 for CIFAR, with batch normalisation: VGG-16 with four convolutions in its last three stages; 20,040,522 parameters on
  /// CIFAR-10.
  public static func vgg19(
    width: Int = 64, blocks: [Int] = [2, 2, 4, 4, 4], initializer: Initializer = .kaimingNormal
  ) -> Model { vgg("vgg-19", width, blocks, initializer) }

  /// Stages of 3×3 convolutions `layers.N.conv` with batch normalisation `layers.N.bn` and ReLU, a 2×2 maximum between stages; the mean
  /// of each channel; `fc`. Each maximum has a number N of its own. A maximum behind the last stage would be followed by the mean: of
  /// CIFAR's four last places the mean is taken, as open_lth does.
  private static func vgg(
    _ name: String, _ width: Int, _ blocks: [Int], _ initializer: Initializer
  ) -> Model {
    let fields: [(name: String, value: Specification.Value)] = [
      ("width", .integer(width)), ("blocks", .list(blocks.map { .integer($0) })),
    ]
    return Model(name, version: 1, fields, initializer: initializer) { input, interface, scope in
      guard case .images = interface else { return scope.refuse(name, interface, needs: "images") }
      var (x, index) = (input, 0)
      for (stage, filters) in doubling(width, stages: blocks.count).enumerated() {
        if stage > 0 {
          x = MaxPool(2)(x, scope["layers.\(index)"])
          index += 1
        }
        for _ in 0..<max(0, blocks[stage]) {
          let part = scope["layers.\(index)"]
          let layer = Convolution(min(filters, width.times(8)), kernel: 3, padding: 1)
          x = BatchNormalization()(layer(x, part["conv"]), part["bn"]).relu
          index += 1
        }
      }
      return Linear(interface.classes)(GlobalAveragePool()(x, scope), scope["fc"])
    }
  }
}

extension Shipped<Model> {
  static let vgg16: Shipped = .model(
    .vgg16(), "VGG-16 with batch normalisation for CIFAR: 14,728,266 parameters",
    paper: "Simonyan and Zisserman 2015"
  ) { fields in
    .vgg16(
      width: try fields.count("width", default: 64),
      blocks: try fields.depths("blocks", default: [2, 2, 3, 3, 3]))
  }

  static let vgg19: Shipped = .model(
    .vgg19(), "VGG-19 with batch normalisation for CIFAR: 20,040,522 parameters",
    paper: "Simonyan and Zisserman 2015"
  ) { fields in
    .vgg19(
      width: try fields.count("width", default: 64),
      blocks: try fields.depths("blocks", default: [2, 2, 4, 4, 4]))
  }
}

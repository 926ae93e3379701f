import CoppiceTerms

extension Model {
  /// Conv-2: 64, 64, pool; 4,301,642 parameters on CIFAR-10. Frankle and Carbin 2019.
  public static let conv2 = conv("conv-2", [], [[64, 64]], [256, 256], .glorotNormal)
  /// Conv-4: Conv-2 with 128, 128, pool behind; 2,425,930 parameters. Frankle and Carbin 2019.
  public static let conv4 = conv("conv-4", [], [[64, 64], [128, 128]], [256, 256], .glorotNormal)
  /// Conv-6: Conv-4 with 256, 256, pool behind; 2,262,602 parameters (the paper prints 1.7 million, which these layers do not
  /// give). Frankle and Carbin 2019.
  public static let conv6 = conv(
    "conv-6", [], [[64, 64], [128, 128], [256, 256]], [256, 256], .glorotNormal)

  /// A small VGG: stages of 3×3 convolutions `conv1 … convN` with ReLU, each stage ended by a 2×2 maximum, then linear layers
  /// `fc1 … fcM` with ReLU between them; the last gives the classes.
  ///
  /// - Parameters:
  ///   - stages: the channels of each convolution, stage by stage.
  ///   - hidden: the widths of the linear layers before the last.
  public static func conv(
    _ stages: [[Int]], hidden: [Int] = [256, 256], initializer: Initializer = .glorotNormal
  ) -> Model {
    conv(
      "conv",
      [
        ("stages", .list(stages.map { .list($0.map { .integer($0) }) })),
        ("hidden", .list(hidden.map { .integer($0) })),
      ], stages, hidden, initializer)
  }

  private static func conv(
    _ name: String, _ fields: [(name: String, value: Specification.Value)], _ stages: [[Int]],
    _ hidden: [Int], _ initializer: Initializer
  ) -> Model {
    Model(name, version: 1, fields, initializer: initializer) { input, interface, scope in
      guard case .images = interface else { return scope.refuse(name, interface, needs: "images") }
      var x = input
      var index = 0
      for stage in stages {
        for channels in stage {
          index += 1
          x = Convolution(channels, kernel: 3, padding: 1, rectifies: true)(x, scope["conv\(index)"])
        }
        x = MaxPool(2)(x, scope["conv\(index)"])
      }
      x = x.flattened(from: 1)
      for (index, width) in hidden.enumerated() {
        x = Linear(width, rectifies: true)(x, scope["fc\(index + 1)"])
      }
      return Linear(interface.classes)(x, scope["fc\(hidden.count + 1)"])
    }
  }
}

extension Shipped<Model> {
  static let conv2: Shipped = .model(.conv2, "a small VGG: 64, 64, pool", paper: "Frankle and Carbin 2019")

  static let conv4: Shipped = .model(
    .conv4, "a small VGG: Conv-2 with 128, 128, pool behind", paper: "Frankle and Carbin 2019")

  static let conv6: Shipped = .model(
    .conv6, "a small VGG: Conv-4 with 256, 256, pool behind", paper: "Frankle and Carbin 2019")

  static let conv: Shipped = .model(
    .conv([[64, 64]]), "stages of 3×3 convolutions, each ended by a maximum, then linear layers",
    paper: "Frankle and Carbin 2019"
  ) { fields in
    .conv(
      try fields.countLists("stages", default: [[64, 64]]),
      hidden: try fields.counts("hidden", default: [256, 256]))
  }
}

import CoppiceTensors

extension Model {
  /// Every shipped model with its default parameters, by name: what `coppice list models` prints and `--set model=` takes.
  public static let all: [Model] = [
    .lenet300100,
    .lenet5,
    .conv2, .conv4, .conv6,
    .resnet20,
    .mlp([300, 100]),
    .lenet([20, 50], hidden: 500),
    .conv([[64, 64]]),
    .resnet([16, 32, 64], blocks: 3),
    .encoder(),
    .causalTransformer(),
  ]

  /// The shipped model of that name, with its default parameters.
  ///
  /// - Throws: `NetworkError.unknownComponent`, with the nearest name.
  public static func named(_ name: String) throws(NetworkError) -> Model {
    try all.component(named: name, kind: "model")
  }
}

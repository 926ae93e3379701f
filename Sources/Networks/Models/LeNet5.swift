import CoppiceTerms

extension Model {
  /// LeNet-5 as Caffe has it: 20 and 50 filters of 5×5, each with a 2×2 maximum behind it, then 500 units with ReLU and the
  /// classes; no ReLU behind the convolutions. 431,080 parameters on 28×28. LeCun et al. 1998; the pruning papers' LeNet-5.
  public static let lenet5 = lenet("lenet-5", [], [20, 50], 500, .glorotNormal)

  /// LeNet-5 with other numbers of filters and hidden units.
  public static func lenet(
    _ filters: [Int], hidden: Int, initializer: Initializer = .glorotNormal
  ) -> Model {
    lenet(
      "lenet", [("filters", .list(filters.map { .integer($0) })), ("hidden", .integer(hidden))], filters,
      hidden,
      initializer)
  }

  private static func lenet(
    _ name: String, _ fields: [(name: String, value: Specification.Value)], _ filters: [Int], _ hidden: Int,
    _ initializer: Initializer
  ) -> Model {
    Model(name, version: 1, fields, initializer: initializer) { input, interface, scope in
      guard case .images = interface else { return scope.refuse(name, interface, needs: "images") }
      var x = input
      for (index, count) in filters.enumerated() {
        let part = scope["conv\(index + 1)"]
        x = MaxPool(2)(Convolution(count, kernel: 5)(x, part), part)
      }
      x = Linear(hidden, rectifies: true)(x.flattened(from: 1), scope["fc1"])
      return Linear(interface.classes)(x, scope["fc2"])
    }
  }
}

extension Shipped<Model> {
  static let lenet5: Shipped = .model(
    .lenet5, "two convolutions of 5×5 and 500 hidden units: 431,080 parameters", paper: "LeCun et al. 1998")

  static let lenet: Shipped = .model(
    .lenet([20, 50], hidden: 500), "LeNet-5 with other numbers of filters and hidden units",
    paper: "LeCun et al. 1998"
  ) { fields in
    .lenet(
      try fields.counts("filters", default: [20, 50]), hidden: try fields.count("hidden", default: 500))
  }
}

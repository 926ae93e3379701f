import CoppiceTerms

extension Model {
  /// A multilayer perceptron with ReLU between its layers, `fc1 … fcN`; the last layer gives the classes.
  ///
  /// - Parameter widths: the hidden layers' widths, from the input on.
  public static func mlp(_ widths: [Int], initializer: Initializer = .glorotNormal) -> Model {
    perceptron("mlp", [("widths", .list(widths.map { .integer($0) }))], widths, initializer)
  }

  /// LeNet-300-100: 784-300-100-10 on MNIST, 266,200 weights and 410 biases. LeCun et al. 1998; as used by
  /// Frankle and Carbin 2019, with Gaussian Glorot initialisation.
  public static let lenet300100 = perceptron("lenet-300-100", [], [300, 100], .glorotNormal)

  private static func perceptron(
    _ name: String, _ fields: [(name: String, value: Specification.Value)], _ widths: [Int],
    _ initializer: Initializer
  ) -> Model {
    Model(name, version: 1, fields, initializer: initializer) { input, interface, scope in
      guard case .images = interface else { return scope.refuse(name, interface, needs: "arrays of numbers") }
      var x = input.flattened(from: 1)
      for (index, width) in widths.enumerated() {
        x = Linear(width, rectifies: true)(x, scope["fc\(index + 1)"])
      }
      return Linear(interface.classes)(x, scope["fc\(widths.count + 1)"])
    }
  }
}

extension Shipped<Model> {
  static let mlp: Shipped = .model(.mlp([300, 100]), "a multilayer perceptron with ReLU") { fields in
    .mlp(try fields.counts("widths", default: [300, 100]))
  }

  static let lenet300100: Shipped = .model(
    .lenet300100, "784-300-100-10 on MNIST: 266,200 weights", paper: "LeCun et al. 1998")
}

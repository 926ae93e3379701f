import Coppice

/// Rows divided by their root mean square, times a trained gain (Zhang and Sennrich 2019); it also keeps a running mean of that root.
struct RootMeanSquare: Layer {
  func trace(_ x: Value, _ scope: Scope) -> Value {
    guard x.shape.rank == 2 else {
      return scope.refuse("root-mean-square", "takes [batch, features], not \(x.shape)")
    }
    let features = x.shape[1]
    let root = (x * x).mean(over: 1).offset(by: 1e-6).squareRoot
    let mean = scope.state("running_root", [], initial: 1)
    scope.update(mean, with: mean.scaled(by: 0.9) + root.mean.scaled(by: 0.1))
    let gain = scope.parameter("gain", [features], .ones)
    return x / root.expanded(at: 1, count: features) * gain + scope.constant(0, [features])
  }
}

/// Takes a number of planes from the data, whatever their rank is.
struct Planes: Layer {
  func trace(_ x: Value, _ scope: Scope) -> Value {
    let planes = x.shape[2]
    let weight = scope.parameter("weight", [planes, x.shape[3] / 2], isPrunable: true)
    return x.sliced(2, 1..<(planes - 1)).product(weight, transposingOther: true)
  }
}

extension Model {
  /// A linear layer of one's own kind and width, normalised.
  static let narrow = narrow(width: 12)

  static func narrow(width: Int) -> Model {
    Model("narrow", version: 1, [("width", .integer(width))], initializer: .kaimingNormal) {
      x, interface, scope in
      let hidden = Linear(width)(x.flattened(from: 1), scope["in"])
      let normal = Dropout(0.1)(RootMeanSquare()(hidden, scope["norm"]).relu, scope["drop"])
      return Linear(interface.classes)(normal, scope["out"])
    }
  }

  static let planes = Model("planes", initializer: .kaimingNormal) { x, interface, scope in
    let flat = Linear(10, rectifies: true)(x.flattened(from: 1), scope["in"])
    return Linear(interface.classes)(Planes()(flat, scope["blocks"]["0"]), scope["out"])
  }

  static let twice = Model("twice", version: 1, initializer: .kaimingNormal) { x, interface, scope in
    var hidden = Linear(10, rectifies: true)(x.flattened(from: 1), scope["in"])
    for _ in 0..<2 { hidden = Linear(10, rectifies: true)(hidden, scope["middle"]) }
    return Linear(interface.classes)(hidden, scope["out"])
  }
}

extension Shipped<Model> {
  static let narrow = Shipped(.narrow, "one hidden layer, normalised by its root mean square") { fields in
    .narrow(width: try fields.count("width", default: 12))
  }
  static let tall = Shipped(.tall, "as narrow, of one width", paper: "Nobody 2026")
  static let planes = Shipped(.planes, "a layer that takes images where it is given vectors")
  static let twice = Shipped(.twice, "one layer in two places")
}

extension Model {
  static let tall = Model("tall", [("width", .integer(40))], initializer: .glorotNormal) {
    x, interface, scope in
    let hidden = Linear(40, rectifies: true)(x.flattened(from: 1), scope["in"])
    return Linear(interface.classes)(hidden, scope["out"])
  }
}

extension Initializer {
  /// Uniform between ±1/√(fan in).
  static let uniform = Initializer("own-uniform", version: 1) { fan, random, weights in
    let bound = 1 / Float(fan.incoming).squareRoot()
    for index in weights.indices { weights[index] = random.uniform(from: -bound, to: bound) }
  }
}

extension Shipped<Initializer> {
  static let uniform = Shipped(.uniform, "uniform, bounded by the square root of the fan")
}

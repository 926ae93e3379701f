import CoppiceTerms

// Components from their printed form, for the command line and for files.

extension Model {
  /// The shipped model of that text: `lenet-5`, `mlp(widths: [100, 50])`, `encoder(width: 64, dropout: 0.1)`,
  /// `resnet-20(initializer: glorot-normal)`. Fields that are left out have their defaults.
  public init(parsing text: String) throws(NetworkError) {
    self = try component(parsing: text) { name, fields throws(NetworkError) in
      let shipped = try Model.named(name)
      let model = try reading { () throws(SpecificationError) in try shipped.rebuilt(&fields) }
      let text = try reading { () throws(SpecificationError) in
        try fields.take("initializer", "the name of an initializer", default: "") { $0.description }
      }
      guard !text.isEmpty else { return model }
      return model.initialized(by: try Initializer(parsing: text))
    }
  }

  /// This kind of model with these fields.
  private func rebuilt(_ fields: inout SpecificationReader) throws(SpecificationError) -> Model {
    switch name {
    case "mlp": return .mlp(try fields.integers("widths", default: [300, 100]))
    case "lenet":
      return .lenet(
        try fields.integers("filters", default: [20, 50]), hidden: try fields.count("hidden", default: 500))
    case "conv":
      let stages = try fields.take("stages", "a list of lists as [[64, 64], [128]]", default: [[64, 64]]) {
        integerLists($0)
      }
      return .conv(stages, hidden: try fields.integers("hidden", default: [256, 256]))
    case "resnet":
      return .resnet(
        try fields.integers("widths", default: [16, 32, 64]), blocks: try fields.count("blocks", default: 3)
      )
    case "encoder", "causal-transformer":
      let (width, heads) = (
        try fields.count("width", default: 128), try fields.count("heads", default: 4)
      )
      let (layers, feedForward) = (
        try fields.count("layers", default: 4), try fields.count("feed-forward", default: 4)
      )
      let dropout = try fields.number("dropout", default: 0)
      return name == "encoder"
        ? .encoder(width: width, heads: heads, layers: layers, feedForward: feedForward, dropout: dropout)
        : .causalTransformer(
          width: width, heads: heads, layers: layers, feedForward: feedForward, dropout: dropout)
    default: return self
    }
  }
}

extension Initializer {
  /// The shipped initializer of that text, `truncated-normal(deviation: 0.05)`.
  public init(parsing text: String) throws(NetworkError) {
    self = try component(parsing: text) { name, fields throws(NetworkError) in
      let shipped = try (Initializer.all + [.zeros, .ones]).component(named: name, kind: "initializer")
      guard name == "truncated-normal" else { return shipped }
      return try reading { () throws(SpecificationError) in
        .truncatedNormal(deviation: try fields.positive("deviation", default: 0.02))
      }
    }
  }
}

extension Optimizer {
  /// The shipped optimizer of that text: `adam`, `sgd(momentum: 0.9, nesterov: true, weight-decay: 0.0001)`.
  public init(parsing text: String) throws(NetworkError) {
    self = try component(parsing: text) { name, fields throws(NetworkError) in
      let shipped = try Optimizer.all.component(named: name, kind: "optimizer")
      return try reading { () throws(SpecificationError) in
        guard shipped.name != "sgd" else {
          return .sgd(
            momentum: try fields.share("momentum", default: 0),
            isNesterov: try fields.flag("nesterov", default: false),
            weightDecay: try fields.number("weight-decay", default: 0))
        }
        let (beta1, beta2) = (
          try fields.share("beta1", default: 0.9), try fields.share("beta2", default: 0.999)
        )
        let epsilon = try fields.positive("epsilon", default: 1e-8)
        return shipped.name == "adam"
          ? .adam(
            beta1: beta1, beta2: beta2, epsilon: epsilon,
            weightDecay: try fields.number("weight-decay", default: 0))
          : .adamW(
            beta1: beta1, beta2: beta2, epsilon: epsilon,
            weightDecay: try fields.number("weight-decay", default: 0.01))
      }
    }
  }
}

extension LearningRate {
  /// The learning rate of that text: a number, which stays as it is, `cosine(rate: 0.1)`,
  /// `steps(rate: 0.1, points: [0.5, 0.75])`, `warm-up(steps: 500, then: cosine(rate: 0.1))`.
  public init(parsing text: String) throws(NetworkError) {
    self = try component(parsing: text) { name, fields throws(NetworkError) in
      if let rate = Double(name) {
        guard rate > 0, rate.isFinite else {
          throw .specification(
            .wrongField("rate", of: "constant", found: name, expected: "a number above 0"))
        }
        return .constant(rate)
      }
      let shipped = try LearningRate.all.component(named: name, kind: "learning rate")
      if shipped.name == "warm-up" {
        let (steps, then) = try reading { () throws(SpecificationError) in
          (
            try fields.integer("steps"),
            try fields.take("then", "a learning rate", default: nil as String?) { $0.description }
          )
        }
        return try LearningRate(parsing: then).warmedUp(steps: steps)
      }
      return try reading { () throws(SpecificationError) in
        let rate = try fields.positive("rate")
        switch shipped.name {
        case "steps":
          let points = try fields.take(
            "points", "a list of fractions as [0.5, 0.75]", default: nil as [Double]?
          ) {
            guard case .list(let values) = $0 else { return nil }
            return allOrNone(
              values.map { Double($0.description).flatMap { (0...1).contains($0) ? $0 : nil } })
          }
          return .steps(rate, at: points, factor: try fields.number("factor", default: 0.1))
        case "cosine": return .cosine(rate, floor: try fields.number("floor", default: 0))
        default: return .constant(rate)
        }
      }
    }
  }
}

/// How large a number of units, heads or layers may be: beyond it a slip of the pen, and no network that fits in memory.
private let possibleCounts = 1...65_536

extension SpecificationReader {
  /// A number of units, heads or layers.
  fileprivate mutating func count(_ name: String, default value: Int) throws(SpecificationError) -> Int {
    try take(name, "a whole number in 1 … 65536", default: value) { field in
      if case .integer(let integer) = field, possibleCounts.contains(integer) { integer } else { nil }
    }
  }

  /// A list of whole numbers.
  fileprivate mutating func integers(_ name: String, default value: [Int]) throws(SpecificationError) -> [Int]
  {
    try take(name, "a list of whole numbers in 1 … 65536, as [300, 100]", default: value) { integerList($0) }
  }

  /// A finite number above 0.
  fileprivate mutating func positive(
    _ name: String, default value: Double? = nil
  ) throws(SpecificationError) -> Double {
    try take(name, "a number above 0", default: value) { field in
      Double(field.description).flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    }
  }

  /// A number from 0 up to but not including 1.
  fileprivate mutating func share(_ name: String, default value: Double) throws(SpecificationError) -> Double
  {
    try take(name, "a number in 0 ..< 1", default: value) { field in
      Double(field.description).flatMap { (0..<1).contains($0) ? $0 : nil }
    }
  }
}

private func allOrNone<Element>(_ elements: [Element?]) -> [Element]? {
  let found = elements.compactMap { $0 }
  return found.count == elements.count ? found : nil
}

private func integerList(_ value: Specification.Value) -> [Int]? {
  guard case .list(let values) = value else { return nil }
  return allOrNone(
    values.map { if case .integer(let count) = $0, possibleCounts.contains(count) { count } else { nil } })
}

private func integerLists(_ value: Specification.Value) -> [[Int]]? {
  guard case .list(let values) = value else { return nil }
  return allOrNone(values.map(integerList))
}

/// What `make` makes of a component's name and fields; it must use every field.
private func component<Result>(
  parsing text: String, _ make: (String, inout SpecificationReader) throws(NetworkError) -> Result
) throws(NetworkError) -> Result {
  let specification = try reading { () throws(SpecificationError) in try Specification(parsing: text) }
  var fields = SpecificationReader(specification)
  let result = try make(specification.name, &fields)
  try reading { () throws(SpecificationError) in try fields.end() }
  return result
}

/// The errors of fields as errors of networks.
private func reading<Result>(
  _ read: () throws(SpecificationError) -> Result
) throws(NetworkError) -> Result {
  do throws(SpecificationError) {
    return try read()
  } catch {
    throw .specification(error)
  }
}

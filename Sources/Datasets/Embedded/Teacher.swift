import CoppiceTensors
import CoppiceTerms

/// A sparse network whose true mask is known labels Gaussian inputs; a student learns from the labels, is pruned,
/// and its mask is compared with the teacher's.
///
/// The teacher is argmax(W₂ · relu(W₁ x) + b). Every hidden unit sees density · features inputs and is seen by density · classes
/// classes, both rounded half away from zero and at least 1; b levels the classes. Every weight there is influences labels: every unit
/// has a way to a class, classes have as many units to within one, and no weight is smaller than a third of the largest.
/// Everything is computed in `Double`, in index order.
public struct Teacher: DatasetDefinition {
  /// Inputs of the teacher.
  public var features = 32
  /// Hidden units of the teacher.
  public var hidden = 32
  /// Classes.
  public var classes = 4
  /// The fraction of the teacher's weights that are there, 0…1.
  public var density = 0.2
  /// Examples for training.
  public var training = 8_000
  /// Examples for validation.
  public var validation = 1_000
  /// Examples for the test.
  public var test = 2_000
  /// The generator's seed, which is not the trial's: every trial has the same teacher.
  public var generatorSeed: UInt64 = 0

  /// A teacher with default options; set those that differ.
  public init() {}

  /// One line for listings.
  public var summary: String {
    "inputs labelled by a sparse teacher whose mask is known, 32 features, no file needed"
  }

  /// Name, version and options.
  public var specification: Specification {
    Specification(
      "teacher", version: 2,
      [
        (name: "features", value: .integer(features)), (name: "hidden", value: .integer(hidden)),
        (name: "classes", value: .integer(classes)), (name: "density", value: .number(density)),
        (name: "training", value: .integer(training)), (name: "validation", value: .integer(validation)),
        (name: "test", value: .integer(test)),
        (name: "generator-seed", value: .integer(Int(bitPattern: UInt(generatorSeed)))),
      ])
  }

  /// Draws the teacher and lets it label the examples.
  public func load(from folders: DataFolders) throws(DatasetError) -> Dataset {
    try checkOptions()
    try DatasetError.checkMemory(
      specification, examples: training + validation + test, bytes: 4 * features + 4,
      advice: "ask for fewer examples or features (training, validation, test, features)")
    let network = try network()
    return try Dataset(
      name: "teacher", task: .vectorClassification(features: features),
      training: examples(training + validation, part: 1, network), test: examples(test, part: 2, network),
      classNames: (0..<classes).map(String.init), validationCount: validation,
      record: DataRecord(dataset: "teacher", version: 2))
  }

  /// The weights the teacher has: hidden `[hidden, features]` and output `[classes, hidden]`.
  ///
  /// - Throws: `DatasetError.options` for options out of range.
  public func masks() throws(DatasetError) -> (hidden: Mask, output: Mask) {
    let network = try network()
    func mask(_ weights: [Double], _ rows: Int, _ columns: Int) -> Mask {
      Mask(Shape([rows, columns]), weights.map { $0 == 0 ? 0 : 1 })
    }
    return (mask(network.hidden, hidden, features), mask(network.output, classes, hidden))
  }

  /// What labels.
  package struct Network {
    /// W₁ `[hidden, features]`.
    package var hidden: [Double]
    /// W₂ `[classes, hidden]`.
    package var output: [Double]
    /// b `[classes]`.
    package var bias: [Double]
  }

  /// Draws the weights (stream `.generation`, substream 0) and levels the classes on 2,000 inputs (substream 3).
  package func network() throws(DatasetError) -> Network {
    try checkOptions()
    var random = RandomStream(seed: generatorSeed, stream: .generation)
    func kept(of count: Int) -> Int {
      max(1, Int((density * Double(count)).rounded(.toNearestOrAwayFromZero)))
    }
    /// Uniform in [0.5, 1.5), with a sign of its own.
    func weight() -> Double {
      let size = 0.5 + Double(random.uniform())
      return random.bernoulli(0.5) ? size : -size
    }
    var network = Network(
      hidden: [Double](repeating: 0, count: hidden * features),
      output: [Double](repeating: 0, count: classes * hidden),
      bias: [Double](repeating: 0, count: classes))
    let (seen, seeing) = (kept(of: features), kept(of: classes))
    for unit in 0..<hidden {
      for feature in random.permutation(features).prefix(seen).sorted() {
        network.hidden[unit * features + Int(feature)] = weight() / Double(seen).squareRoot()
      }
    }
    // Units in a random order take classes in turn, so that classes have as many units to within one.
    let (units, labels) = (random.permutation(hidden), random.permutation(classes))
    let scale = (Double(hidden * seeing) / Double(classes)).squareRoot()
    for (place, unit) in units.enumerated() {
      for turn in (place * seeing)..<((place + 1) * seeing) {
        network.output[Int(labels[turn % classes]) * hidden + Int(unit)] = weight() / scale
      }
    }
    var sample = RandomStream(seed: generatorSeed, stream: .generation, substream: 3)
    var sums = network.bias
    for _ in 0..<2_000 {
      for (index, logit) in logits(input(&sample), network).enumerated() { sums[index] += logit }
    }
    network.bias = sums.map { -$0 / 2_000 }
    return network
  }

  private func checkOptions() throws(DatasetError) {
    guard features >= 1, hidden >= 1, classes >= 2, max(features, hidden, classes) <= 4_096 else {
      throw .options(
        dataset: "teacher", "features, hidden units and classes must be in 1…4096, classes above 1")
    }
    guard density > 0, density <= 1 else {
      throw .options(dataset: "teacher", "the density \(density) lies outside 0…1, 0 excluded")
    }
    guard training >= 1, validation >= 0, test >= 1, max(training.plus(validation), test) <= 10_000_000 else {
      throw .options(dataset: "teacher", "\(training) + \(validation) + \(test) examples cannot be made")
    }
  }

  private func input(_ random: inout RandomStream) -> [Float] {
    var values = [Float](repeating: 0, count: features)
    values.withUnsafeMutableBufferPointer { random.fillNormal($0) }
    return values
  }

  private func logits(_ input: [Float], _ network: Network) -> [Double] {
    let units = (0..<hidden).map { unit in
      max(0, (0..<features).reduce(0.0) { $0 + network.hidden[unit * features + $1] * Double(input[$1]) })
    }
    return (0..<classes).map { label in
      (0..<hidden).reduce(network.bias[label]) { $0 + network.output[label * hidden + $1] * units[$1] }
    }
  }

  private func examples(_ count: Int, part: UInt32, _ network: Network) -> Examples {
    var random = RandomStream(seed: generatorSeed, stream: .generation, substream: part)
    var values: [Float] = []
    var labels: [Int32] = []
    values.reserveCapacity(count * features)
    for _ in 0..<count {
      let input = input(&random)
      let logits = logits(input, network)
      var best = 0
      for label in logits.indices where logits[label] > logits[best] { best = label }
      values.append(contentsOf: input)
      labels.append(Int32(best))
    }
    return Examples(values: values, labels: labels)
  }
}

extension DatasetSource {
  /// 8,000 + 1,000 + 2,000 Gaussian inputs of 32 features in 4 classes, labelled by a teacher of density 0.2.
  public static var teacher: DatasetSource { DatasetSource(Teacher()) }

  /// A teacher with options.
  public static func teacher(_ teacher: Teacher) -> DatasetSource { DatasetSource(teacher) }
}

extension Shipped<DatasetSource> {
  static let teacher: Shipped = .dataset(.teacher) { fields in
    var teacher = Teacher()
    teacher.features = try fields.integer("features", in: 1...4_096, default: teacher.features)
    teacher.hidden = try fields.integer("hidden", in: 1...4_096, default: teacher.hidden)
    teacher.classes = try fields.integer("classes", in: 2...4_096, default: teacher.classes)
    teacher.density = try fields.number(
      "density", NumberRule("a number above 0 and at most 1") { $0 > 0 && $0 <= 1 }, default: teacher.density)
    teacher.training = try fields.integer("training", .examples, default: teacher.training)
    teacher.validation = try fields.integer("validation", .someExamples, default: teacher.validation)
    teacher.test = try fields.integer("test", .examples, default: teacher.test)
    teacher.generatorSeed = try fields.seed("generator-seed", default: teacher.generatorSeed)
    return .teacher(teacher)
  }
}

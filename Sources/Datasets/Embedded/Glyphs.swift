import CoppiceTensors
import CoppiceTerms

/// Ten digits drawn from strokes, 28×28, bent, turned, blotted and crossed by distractors: MNIST-shaped, no file.
///
/// Example i of a part has class i mod 10 and random numbers of its own (stream `.generation`, the part's substream,
/// block 2¹²·i), so a larger set begins with the smaller one.
struct Glyphs: DatasetDefinition {
  let training: Int
  let validation: Int
  let test: Int
  let difficulty: Double
  let generatorSeed: UInt64
  let augmentation: Augmentation

  var summary: String {
    "digits drawn from strokes, 28×28, 6,000 + 1,000 + 2,000, 10 classes, no file needed"
  }

  var specification: Specification {
    Specification(
      "glyphs", version: 1,
      [
        (name: "training", value: .integer(training)), (name: "validation", value: .integer(validation)),
        (name: "test", value: .integer(test)), (name: "difficulty", value: .number(difficulty)),
        (name: "generator-seed", value: .integer(Int(bitPattern: UInt(generatorSeed)))),
        (name: "augmentation", value: augmentation.value),
      ])
  }

  func load(from folders: DataFolders) throws(DatasetError) -> Dataset {
    guard training >= 1, validation >= 0, test >= 1, max(training.plus(validation), test) <= 10_000_000 else {
      throw .options(dataset: "glyphs", "\(training) + \(validation) + \(test) images cannot be drawn")
    }
    guard (0...2).contains(difficulty) else {
      throw .options(dataset: "glyphs", "the difficulty \(difficulty) lies outside 0…2")
    }
    try DatasetError.checkMemory(
      specification, examples: training + validation + test, bytes: Canvas.size * Canvas.size + 4,
      advice: "ask for fewer images (training, validation, test)")
    return try Dataset(
      name: "glyphs", task: .imageClassification(channels: 1, height: 28, width: 28),
      training: draw(training + validation, part: 0), test: draw(test, part: 1),
      classNames: (0..<10).map(String.init), validationCount: validation, augmentation: augmentation,
      record: DataRecord(dataset: "glyphs", version: 1))
  }

  private func draw(_ count: Int, part: UInt32) -> Examples {
    var pixels = [UInt8](repeating: 0, count: count * Canvas.size * Canvas.size)
    var canvas = Canvas()
    for i in 0..<count {
      var random = RandomStream(
        seed: generatorSeed, stream: .generation, substream: part, block: UInt64(i) << 12)
      draw(digit: i % 10, on: &canvas, &random)
      canvas.store(in: &pixels, at: i * Canvas.size * Canvas.size)
    }
    return Examples(pixels: pixels, labels: (0..<count).map { Int32($0 % 10) })
  }

  /// Strokes → elastic bend → affine map → ink, then distractors and noise.
  private func draw(digit: Int, on canvas: inout Canvas, _ random: inout RandomStream) {
    let d = 0.7 * difficulty  // so that ½ leaves a dense MLP a few errors in a hundred
    func spread(_ amount: Double) -> Double { amount * (2 * Double(random.uniform()) - 1) }
    canvas.clear()
    let styles = DigitStrokes.styles[digit]
    let strokes = styles[Int(random.integer(below: UInt32(styles.count)))]
    let bend = ElasticBend(amplitude: 0.01 + 0.07 * d, &random)
    let angle = spread(0.10 + 0.40 * d)
    let (sine, cosine) = (Elementary.sin(angle), Elementary.cos(angle))
    let shear = spread(0.05 + 0.35 * d)
    let width = 20 * (1 + spread(0.05 + 0.30 * d))
    let height = 20 * (1 + spread(0.05 + 0.20 * d))
    let center = Double(Canvas.size) / 2 - 0.5
    let (left, top) = (center + spread(1 + 2.5 * d), center + spread(1 + 2.5 * d))
    let halfWidth = 0.55 + (0.5 + 0.6 * d) * Double(random.uniform())
    let ink = 1 - (0.1 + 0.4 * d) * Double(random.uniform())
    for stroke in strokes {
      canvas.draw(
        halfWidth: halfWidth, ink: ink,
        points: stroke.map { point in
          let p = bend.apply(point)
          let x = width * (p.x + shear * p.y)
          let y = height * p.y
          return Point(x: left + cosine * x - sine * y, y: top + sine * x + cosine * y)
        })
    }
    let distractors = random.integer(below: UInt32(1 + (4 * d).rounded()))
    for _ in 0..<distractors {
      let start = Point(x: center + spread(14), y: center + spread(14))
      let middle = Point(x: start.x + spread(5), y: start.y + spread(5))
      let end = Point(x: middle.x + spread(5), y: middle.y + spread(5))
      canvas.draw(
        halfWidth: 0.4 + 0.5 * Double(random.uniform()), ink: 0.3 + 0.6 * Double(random.uniform()),
        points: [start, middle, end])
    }
    canvas.addNoise(deviation: 0.02 + 0.16 * d, &random)
  }
}

extension DatasetSource {
  /// 6,000 drawn digits for training, 1,000 for validation, 2,000 for the test.
  public static var glyphs: DatasetSource { glyphs() }

  /// Drawn digits with options: images a part, difficulty 0 (clean) … 2 (barely legible), and the generator's seed,
  /// which is not the trial's: every trial sees the same images.
  public static func glyphs(
    training: Int = 6_000, validation: Int = 1_000, test: Int = 2_000, difficulty: Double = 0.5,
    generatorSeed: UInt64 = 0, augmentation: Augmentation = .none
  ) -> DatasetSource {
    DatasetSource(
      Glyphs(
        training: training, validation: validation, test: test, difficulty: difficulty,
        generatorSeed: generatorSeed, augmentation: augmentation))
  }
}

extension Shipped<DatasetSource> {
  static let glyphs: Shipped = .dataset(.glyphs) { fields in
    .glyphs(
      training: try fields.integer("training", .examples, default: 6_000),
      validation: try fields.integer("validation", .someExamples, default: 1_000),
      test: try fields.integer("test", .examples, default: 2_000),
      difficulty: try fields.number("difficulty", in: 0...2, default: 0.5),
      generatorSeed: try fields.seed("generator-seed", default: 0), augmentation: try .read(&fields))
  }
}

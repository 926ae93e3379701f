import CoppiceTensors
import CoppiceTerms

/// Waves of grey and colour under noise, in images of any size: what networks for ImageNet's 3×224×224 run on without its files.
///
/// Class c turns the wave by `(c mod n) · π / n`, n = min(classes, 16), and has `3 + c / 16` periods along a side; phases and contrast are
/// random. Example i of a part has class i mod classes and random numbers of its own (stream `.generation`, the part's substream,
/// block 2²⁴·i), so a larger set begins with the smaller one.
struct Gratings: DatasetDefinition {
  let side: Int
  let channels: Int
  let classes: Int
  let training: Int
  let validation: Int
  let test: Int
  let generatorSeed: UInt64
  let augmentation: Augmentation

  var summary: String {
    "waves under noise, 3×224×224 or any size, 64 + 16 + 32, 1,000 classes, no file needed"
  }

  var specification: Specification {
    Specification(
      "gratings", version: 1,
      [
        (name: "side", value: .integer(side)), (name: "channels", value: .integer(channels)),
        (name: "classes", value: .integer(classes)), (name: "training", value: .integer(training)),
        (name: "validation", value: .integer(validation)), (name: "test", value: .integer(test)),
        (name: "generator-seed", value: .integer(Int(bitPattern: UInt(generatorSeed)))),
        (name: "augmentation", value: augmentation.value),
      ])
  }

  func load(from folders: DataFolders) throws(DatasetError) -> Dataset {
    guard training >= 1, validation >= 0, test >= 1, max(training.plus(validation), test) <= 10_000_000 else {
      throw .options(dataset: "gratings", "\(training) + \(validation) + \(test) images cannot be drawn")
    }
    guard (8...1_024).contains(side), (1...16).contains(channels) else {
      throw .options(
        dataset: "gratings", "\(side) is not a side of 8…1024, or \(channels) not a number of 1…16 channels")
    }
    // Half a side of periods is as many as it can show.
    guard (2...16 * (side / 2 - 2)).contains(classes) else {
      throw .options(
        dataset: "gratings",
        "a side of \(side) can show 2…\(16 * (side / 2 - 2)) classes, not \(classes)")
    }
    try DatasetError.checkMemory(
      specification, examples: training + validation + test, bytes: size + 4,
      advice: "ask for fewer or smaller images (training, validation, test, side)")
    return try Dataset(
      name: "gratings", task: .imageClassification(channels: channels, height: side, width: side),
      training: draw(training + validation, part: 0), test: draw(test, part: 1),
      classNames: (0..<classes).map(String.init), validationCount: validation, augmentation: augmentation,
      record: DataRecord(dataset: "gratings", version: 1))
  }

  private var size: Int { channels.times(side).times(side) }
  private func cycles(_ label: Int) -> Int { 3 + label / 16 }

  private func draw(_ count: Int, part: UInt32) -> Examples {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(count * size)
    for i in 0..<count {
      var random = RandomStream(
        seed: generatorSeed, stream: .generation, substream: part, block: UInt64(i) << 24)
      for _ in 0..<channels { draw(label: i % classes, on: &pixels, &random) }
    }
    return Examples(pixels: pixels, labels: (0..<count).map { Int32($0 % classes) })
  }

  /// One channel: `contrast · sin(a·x + b·y + phase)` and noise, the sine of the sum by those of its parts.
  private func draw(label: Int, on pixels: inout [UInt8], _ random: inout RandomStream) {
    let turns = min(classes, 16)
    let angle = Double(label % turns) * Double.pi / Double(turns)
    let pace = 2 * Double.pi * Double(cycles(label)) / Double(side)
    let (a, b) = (pace * Elementary.cos(angle), pace * Elementary.sin(angle))
    let phase = 2 * Double.pi * Double(random.uniform())
    let contrast = 32 + 48 * Double(random.uniform())
    let columns = (0..<side).map { (Elementary.sin(a * Double($0)), Elementary.cos(a * Double($0))) }
    for row in 0..<side {
      let at = b * Double(row) + phase
      let (sine, cosine) = (contrast * Elementary.sin(at), contrast * Elementary.cos(at))
      for column in columns {
        let noise = 64 * (Double(random.uniform()) - 0.5)
        pixels.append(UInt8((127.5 + column.0 * cosine + column.1 * sine + noise).rounded()))
      }
    }
  }
}

extension DatasetSource {
  /// 64 images of 3×224×224 for training, 16 for validation, 32 for the test, of 1,000 classes.
  public static var gratings: DatasetSource { gratings() }

  /// Waves under noise with options: the side, channels and classes of the images, images a part, and the generator's seed, which is
  /// not the trial's: every trial sees the same images.
  public static func gratings(
    side: Int = 224, channels: Int = 3, classes: Int = 1_000, training: Int = 64, validation: Int = 16,
    test: Int = 32, generatorSeed: UInt64 = 0, augmentation: Augmentation = .none
  ) -> DatasetSource {
    DatasetSource(
      Gratings(
        side: side, channels: channels, classes: classes, training: training, validation: validation,
        test: test, generatorSeed: generatorSeed, augmentation: augmentation))
  }
}

extension Shipped<DatasetSource> {
  static let gratings: Shipped = .dataset(.gratings) { fields in
    .gratings(
      side: try fields.integer("side", in: 8...1_024, default: 224),
      channels: try fields.integer("channels", in: 1...16, default: 3),
      classes: try fields.integer("classes", in: 2...8_192, default: 1_000),
      training: try fields.integer("training", .examples, default: 64),
      validation: try fields.integer("validation", .someExamples, default: 16),
      test: try fields.integer("test", .examples, default: 32),
      generatorSeed: try fields.seed("generator-seed", default: 0), augmentation: try .read(&fields))
  }
}

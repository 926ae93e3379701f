import CoppiceTensors
import CoppiceTerms

/// Sequences of tokens about a topic, of any length and vocabulary: what networks for sentences, as BERT with 128 of 30,522 tokens, run
/// on without files.
///
/// Class c's own tokens are those that leave c when divided by the number of classes. Each place has one of them with probability 1/2,
/// else any token; token 0 is padding and does not occur. Example i of a part has class i mod classes and random numbers of its own
/// (stream `.generation`, the part's substream, block 2²⁴·i), so a larger set begins with the smaller one.
struct Topics: DatasetDefinition {
  let length: Int
  let vocabulary: Int
  let classes: Int
  let training: Int
  let validation: Int
  let test: Int
  let generatorSeed: UInt64

  var summary: String {
    "sequences of tokens about topics, 128 of 30,522 or any, 64 + 16 + 32, 2 classes, no file needed"
  }

  var specification: Specification {
    Specification(
      "topics", version: 1,
      [
        (name: "length", value: .integer(length)), (name: "vocabulary", value: .integer(vocabulary)),
        (name: "classes", value: .integer(classes)), (name: "training", value: .integer(training)),
        (name: "validation", value: .integer(validation)), (name: "test", value: .integer(test)),
        (name: "generator-seed", value: .integer(Int(bitPattern: UInt(generatorSeed)))),
      ])
  }

  func load(from folders: DataFolders) throws(DatasetError) -> Dataset {
    guard (1...65_536).contains(length), (4...65_536).contains(vocabulary),
      (2...vocabulary / 2).contains(classes)
    else {
      throw .options(
        dataset: "topics",
        "\(length) is not a length of 1…65536, \(vocabulary) not a vocabulary of 4…65536, or \(classes) not a number of "
          + "classes from 2 to half of it")
    }
    guard training >= 1, validation >= 0, test >= 1, max(training.plus(validation), test) <= 10_000_000 else {
      throw .options(dataset: "topics", "\(training) + \(validation) + \(test) sequences cannot be made")
    }
    try DatasetError.checkMemory(
      specification, examples: training + validation + test, bytes: 4 * length + 4,
      advice: "ask for fewer or shorter sequences (training, validation, test, length)")
    return try Dataset(
      name: "topics",
      task: .sequenceClassification(length: length, vocabulary: vocabulary),
      training: sequences(training + validation, part: 0), test: sequences(test, part: 1),
      classNames: (0..<classes).map(String.init), validationCount: validation,
      record: DataRecord(dataset: "topics", version: 1))
  }

  private func sequences(_ count: Int, part: UInt32) -> Examples {
    var tokens: [Int32] = []
    tokens.reserveCapacity(count * length)
    for i in 0..<count {
      var random = RandomStream(
        seed: generatorSeed, stream: .generation, substream: part, block: UInt64(i) << 24)
      let topic = i % classes
      // Its own tokens are `topic`, `topic + classes`, …; of topic 0 the first is the padding.
      let first = topic == 0 ? classes : topic
      let own = (vocabulary - 1 - first) / classes + 1
      for _ in 0..<length {
        let isOwn = random.integer(below: 2) == 0
        tokens.append(
          isOwn
            ? Int32(first + classes * Int(random.integer(below: UInt32(own))))
            : 1 + Int32(random.integer(below: UInt32(vocabulary - 1))))
      }
    }
    return Examples(tokens: tokens, labels: (0..<count).map { Int32($0 % classes) })
  }
}

extension DatasetSource {
  /// 64 sequences of 128 tokens for training, 16 for validation, 32 for the test, of 2 classes, with BERT's vocabulary of 30,522.
  public static var topics: DatasetSource { topics() }

  /// Sequences about topics with options: their length, tokens and classes, sequences a part, and the generator's seed, which is not the
  /// trial's: every trial sees the same sequences.
  public static func topics(
    length: Int = 128, vocabulary: Int = 30_522, classes: Int = 2, training: Int = 64, validation: Int = 16,
    test: Int = 32, generatorSeed: UInt64 = 0
  ) -> DatasetSource {
    DatasetSource(
      Topics(
        length: length, vocabulary: vocabulary, classes: classes, training: training,
        validation: validation, test: test, generatorSeed: generatorSeed))
  }
}

extension Shipped<DatasetSource> {
  static let topics: Shipped = .dataset(.topics) { fields in
    .topics(
      length: try fields.integer("length", in: 1...65_536, default: 128),
      vocabulary: try fields.integer("vocabulary", in: 4...65_536, default: 30_522),
      classes: try fields.integer("classes", in: 2...32_768, default: 2),
      training: try fields.integer("training", .examples, default: 64),
      validation: try fields.integer("validation", .someExamples, default: 16),
      test: try fields.integer("test", .examples, default: 32),
      generatorSeed: try fields.seed("generator-seed", default: 0))
  }
}

import CoppiceTensors
import CoppiceTerms

/// Random token sequences that repeat themselves: [A B C …][A B C …]. Once a token comes back, the one after it is
/// known; predicting it needs attention heads that look for the previous occurrence.
///
/// C. Olsson et al., "In-context learning and induction heads", 2022. A block of tokens (all different where the
/// vocabulary allows it) is repeated until the sequence is full. Positions of the first block have the ignored label
/// −1, so loss and accuracy count predictable positions only.
struct Induction: DatasetDefinition {
  let vocabulary: Int
  let length: Int
  let variesPeriod: Bool
  let training: Int
  let validation: Int
  let test: Int
  let generatorSeed: UInt64

  var summary: String { "repeated random token sequences, 32 tokens, length 64, no file needed" }

  var specification: Specification {
    Specification(
      "induction", version: 1,
      [
        (name: "vocabulary", value: .integer(vocabulary)), (name: "length", value: .integer(length)),
        (name: "varies-period", value: .flag(variesPeriod)), (name: "training", value: .integer(training)),
        (name: "validation", value: .integer(validation)), (name: "test", value: .integer(test)),
        (name: "generator-seed", value: .integer(Int(bitPattern: UInt(generatorSeed)))),
      ])
  }

  func load(from folders: DataFolders) throws(DatasetError) -> Dataset {
    guard vocabulary >= 2, vocabulary <= 65_536, length >= 4, length <= 65_536 else {
      throw .options(
        dataset: "induction",
        "vocabulary \(vocabulary) must be in 2…65536 and length \(length) in 4…65536")
    }
    guard training >= 1, validation >= 0, test >= 1, max(training.plus(validation), test) <= 10_000_000 else {
      throw .options(
        dataset: "induction", "\(training) + \(validation) + \(test) sequences cannot be made")
    }
    try DatasetError.checkMemory(
      specification, examples: training + validation + test, bytes: 8 * length,
      advice: "ask for fewer or shorter sequences (training, validation, test, length)")
    return try Dataset(
      name: "induction", task: .languageModelling(length: length, vocabulary: vocabulary),
      training: sequences(training + validation, part: 0), test: sequences(test, part: 1),
      classNames: (0..<vocabulary).map(String.init), validationCount: validation,
      record: DataRecord(dataset: "induction", version: 1))
  }

  private func sequences(_ count: Int, part: UInt32) -> Examples {
    var random = RandomStream(seed: generatorSeed, stream: .generation, substream: part)
    var tokens: [Int32] = []
    var labels: [Int32] = []
    tokens.reserveCapacity(count * length)
    labels.reserveCapacity(count * length)
    for _ in 0..<count {
      let half = length / 2
      let period = variesPeriod ? half / 2 + Int(random.integer(below: UInt32(half - half / 2 + 1))) : half
      let block = block(period, &random)
      for t in 0..<length {
        tokens.append(block[t % period])
        labels.append(t < period ? Examples.ignoredLabel : block[(t + 1) % period])
      }
    }
    return Examples(tokens: tokens, labelsPerPosition: labels, length: length)
  }

  /// Random tokens: the start of a random order of the vocabulary, or independent ones where it is too small.
  private func block(_ period: Int, _ random: inout RandomStream) -> [Int32] {
    period <= vocabulary
      ? Array(random.permutation(vocabulary).prefix(period))
      : (0..<period).map { _ in Int32(random.integer(below: UInt32(vocabulary))) }
  }
}

extension DatasetSource {
  /// Sequences of 64 of 32 tokens, repeating a block of 16 to 32.
  public static var induction: DatasetSource { induction() }

  /// Repeated sequences with options: tokens, their number in a sequence, whether the period varies between a quarter
  /// and a half of the length from sequence to sequence (or is the half, where knowing positions is enough), sequences a
  /// part, and the generator's seed.
  public static func induction(
    vocabulary: Int = 32, length: Int = 64, variesPeriod: Bool = true, training: Int = 8_000,
    validation: Int = 500, test: Int = 1_000, generatorSeed: UInt64 = 0
  ) -> DatasetSource {
    DatasetSource(
      Induction(
        vocabulary: vocabulary, length: length, variesPeriod: variesPeriod, training: training,
        validation: validation, test: test, generatorSeed: generatorSeed))
  }
}

extension Shipped<DatasetSource> {
  static let induction: Shipped = .dataset(.induction, paper: "Olsson et al. 2022") { fields in
    .induction(
      vocabulary: try fields.integer("vocabulary", in: 2...65_536, default: 32),
      length: try fields.integer("length", in: 4...65_536, default: 64),
      variesPeriod: try fields.flag("varies-period", default: true),
      training: try fields.integer("training", .examples, default: 8_000),
      validation: try fields.integer("validation", .someExamples, default: 500),
      test: try fields.integer("test", .examples, default: 1_000),
      generatorSeed: try fields.seed("generator-seed", default: 0))
  }
}

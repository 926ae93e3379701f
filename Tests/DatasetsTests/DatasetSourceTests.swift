import CoppiceDatasets
import CoppiceTerms
import CoppiceTestSupport
import Testing

@Suite struct DatasetSourceTests {
  /// A set of one's own: what a user's package writes.
  private struct Parity: DatasetDefinition {
    var bits: Int
    var specification: Specification {
      Specification("parity", version: nil, [(name: "bits", value: .integer(bits))])
    }
    var summary: String { "is the number of ones odd?" }

    func load(from folders: DataFolders) throws(DatasetError) -> Dataset {
      let all = (0..<1 << bits).map { number in (0..<bits).map { Float(number >> $0 & 1) } }
      let examples = Examples(
        values: all.flatMap { $0 }, labels: all.map { Int32($0.reduce(0, +)) % 2 })
      return try Dataset(
        name: "parity", task: .vectorClassification(features: bits), training: examples, test: examples,
        classNames: ["even", "odd"], record: DataRecord(dataset: "parity", version: 1))
    }
  }

  @Test func aSetOfOnesOwn() throws {
    let source = DatasetSource(Parity(bits: 3))
    #expect(source.name == "parity" && source.isEmbedded && source.specification.version == nil)
    let dataset = try source.load(from: DataFolders([]))
    #expect(try everything(Split(dataset, seed: 0).test, of: dataset).labels == [0, 1, 1, 0, 1, 0, 0, 1])
    #expect(source == DatasetSource(Parity(bits: 3)) && source != DatasetSource(Parity(bits: 4)))
  }

  @Test func theCatalogue() throws {
    #expect(
      Datasets.all.map(\.name) == [
        "glyphs", "gratings", "induction", "teacher", "topics", "mnist", "fashion-mnist", "cifar-10", "sst-2",
        "tiny-shakespeare",
      ])
    for source in Datasets.all {
      #expect(try DatasetSource.named(source.name) == source)
      #expect(!source.summary.isEmpty && source.specification.version != nil)
      #expect(source.isEmbedded == source.files.addresses.isEmpty)
      for file in source.files.files {
        for digest in [file.sha256, file.contentSHA256].compactMap({ $0 }) {
          #expect(digest.count == 64 && digest.allSatisfy { "0123456789abcdef".contains($0) })
        }
      }
    }
    #expect((try? DatasetSource.named("mnits")) == nil)
  }

  @Test func optionsAreInTheSpecification() {
    #expect(DatasetSource.mnist != .mnist(validation: 100))
    #expect(DatasetSource.mnist != .mnist(scaling: .mnist))
    #expect(DatasetSource.mnist != .fashionMNIST)
    #expect(DatasetSource.cifar10 != .cifar10(augmentation: .flipAndShift))
    #expect(DatasetSource.glyphs != .glyphs(generatorSeed: 1))
    #expect(
      "\(DatasetSource.cifar10(scaling: .cifar10, augmentation: .flipAndShift).specification)"
        == "cifar-10(validation: 5000, scaling: standardised(mean: [0.4914, 0.4822, 0.4465], "
        + "standard-deviation: [0.247, 0.2435, 0.2616]), augmentation: augmentation(flip: true, padding: 4))")
  }

  @Test func everySetReadsBackWhatItPrints() {
    var teacher = Teacher()
    (teacher.features, teacher.hidden, teacher.classes, teacher.density) = (5, 6, 7, 0.5)
    (teacher.training, teacher.validation, teacher.test, teacher.generatorSeed) = (8, 9, 10, 11)
    let others: [DatasetSource] = [
      .glyphs(
        training: 1, validation: 2, test: 3, difficulty: 1.5, generatorSeed: .max, augmentation: .flipAndShift
      ),
      .gratings(
        side: 16, channels: 2, classes: 5, training: 1, validation: 2, test: 3, generatorSeed: 4,
        augmentation: .flipAndShift),
      .induction(
        vocabulary: 5, length: 6, variesPeriod: false, training: 1, validation: 2, test: 3, generatorSeed: 4),
      .teacher(teacher),
      .topics(
        length: 3, vocabulary: 9, classes: 4, training: 1, validation: 2, test: 3, generatorSeed: 4),
      .sst2(length: 3, minimumCount: 4, validation: 5),
      .tinyShakespeare(length: 3, validation: 4),
      .mnist(validation: 1, scaling: .mnist, augmentation: .flipAndShift),
      .fashionMNIST(validation: 1, scaling: .mnist, augmentation: Augmentation(padding: 2)),
      .cifar10(validation: 1, scaling: .cifar10, augmentation: Augmentation(flip: true)),
    ]
    #expect(faults(of: DatasetSource.catalogue, and: others) == [])
  }

  /// What the text says reaches the set, and not its specification alone.
  @Test func whatIsReadIsWhatIsLoaded() throws {
    let source = try DatasetSource(parsing: "glyphs(training: 12, validation: 3, test: 4, generator-seed: 7)")
    let dataset = try source.load(from: DataFolders([]))
    #expect(dataset.sizes == (12, 3, 4))
    let asked = try DatasetSource.glyphs(training: 12, validation: 3, test: 4, generatorSeed: 7)
      .load(from: DataFolders([]))
    let others = try DatasetSource.glyphs(training: 12, validation: 3, test: 4).load(from: DataFolders([]))
    let subset = Split(dataset, seed: 0).test
    let inputs = try everything(subset, of: dataset).inputs
    #expect(try inputs == everything(Split(asked, seed: 0).test, of: asked).inputs)
    #expect(try inputs != everything(Split(others, seed: 0).test, of: others).inputs)
  }

  /// Files and notes of earlier versions spell four fields in camel case.
  @Test(arguments: [
    ("glyphs(difficulty: 0.8, generatorSeed: 3)", "glyphs(difficulty: 0.8, generator-seed: 3)"),
    (
      "induction(variesPeriod: false, generatorSeed: -1)",
      "induction(varies-period: false, generator-seed: -1)"
    ),
    ("teacher(generatorSeed: 5)", "teacher(generator-seed: 5)"),
    ("sst-2(minimumCount: 3)", "sst-2(minimum-count: 3)"),
    (
      "mnist(scaling: standardised(mean: [0.5], standardDeviation: [0.25]))",
      "mnist(scaling: standardised(mean: [0.5], standard-deviation: [0.25]))"
    ),
  ])
  func theOlderSpellingIsTheSameSet(old: String, new: String) throws {
    let read = try DatasetSource(parsing: old)
    #expect(try read == DatasetSource(parsing: new))
    #expect(read.specification.fields.allSatisfy { $0.name == $0.name.kebabCased })
    #expect(try read != DatasetSource(parsing: read.name))
  }

  @Test(arguments: [
    ("mnits", "there is no data set named \"mnits\"; did you mean \"mnist\"? There are: "),
    ("glyphs(training: -1)", "training of glyphs is -1, but must be a whole number in 1…10000000, as 6000"),
    ("glyphs(difficulty: 3)", "difficulty of glyphs is 3, but must be a number in 0…2, as 0.5"),
    ("glyphs(noise: 3)", "glyphs has no field named \"noise\". There are: training, validation, test, "),
    ("mnist(scaling: unti)", "there is no scaling named \"unti\"; did you mean \"unit\"? There are: "),
    ("mnist(augmentation: flip)", "there is no augmentation named \"flip\". There are: none, augmentation"),
    (
      "mnist(augmentation: augmentation(padding: 1025))",
      "padding of augmentation is 1025, but must be a whole number in 0…1024, as 0"
    ),
    (
      "mnist(scaling: standardised(mean: [0.5]))",
      "standardised needs standard-deviation: write standardised(standard-deviation: …) with a list of numbers"
    ),
    (
      "mnist(scaling: standardised(mean: [0.5], standard-deviation: [a]))",
      "standard-deviation of standardised"
    ),
  ])
  func saysWhatCannotBeRead(text: String, sentence: String) {
    let said = message { _ = try DatasetSource(parsing: text) }
    #expect(said.hasPrefix(sentence), "\(said)")
  }
}

import CoppiceDatasets
import CoppiceTerms
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

  @Test func theCatalogue() {
    #expect(
      Datasets.all.map(\.name) == [
        "glyphs", "induction", "teacher", "mnist", "fashion-mnist", "cifar-10", "sst-2", "tiny-shakespeare",
      ])
    for source in Datasets.all {
      #expect(Datasets.named(source.name) == source)
      #expect(!source.summary.isEmpty && source.specification.version != nil)
      #expect(source.isEmbedded == source.files.addresses.isEmpty)
      for file in source.files.files {
        for digest in [file.sha256, file.contentSHA256].compactMap({ $0 }) {
          #expect(digest.count == 64 && digest.allSatisfy { "0123456789abcdef".contains($0) })
        }
      }
    }
    #expect(Datasets.named("mnits") == nil)
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
        + "standardDeviation: [0.247, 0.2435, 0.2616]), augmentation: augmentation(flip: true, padding: 4))")
  }
}

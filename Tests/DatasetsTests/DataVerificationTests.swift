import CoppiceDatasets
import CoppiceTerms
import Testing

@Suite struct DataVerificationTests {
  private struct Packed: DatasetDefinition {
    var specification: Specification { Specification("packed", version: 1) }
    var summary: String { "packed" }
    var files: DataFiles {
      DataFiles(
        folders: ["packed"],
        files: [
          .init("a.gz", sha256: sha256([1]), contentSHA256: sha256([7, 8, 9])),
          .init("b", sha256: sha256([5])),
          .init("c"), .init("d", sha256: sha256([6])),
        ], addresses: ["http://127.0.0.1:9"])
    }
    func load(from folders: DataFolders) throws(DatasetError) -> Dataset {
      throw .notFetchable(dataset: "packed")
    }
  }

  @Test func toleratesVariantsAndRecordsThem() throws {
    let folder = try TemporaryFolder()
    let packed = gzip([7, 8, 9])
    try folder.write(packed, "packed/a.gz")
    try folder.write([4], "packed/b")
    try folder.write([3], "packed/c")
    let verification = try DataVerification(
      DatasetSource(Packed()), in: DataFolders(["/nowhere", folder.path]))
    #expect(verification.folder == folder.path + "/packed" && !verification.isAsPublished)
    #expect(
      verification.entries.map(\.description) == [
        "a.gz holds the published content, packed differently (SHA-256 \(sha256(packed)), \(packed.count) bytes)",
        "b differs from the published checksum \(sha256([5])) (SHA-256 \(sha256([4])), 1 bytes)",
        "c has no published checksum (SHA-256 \(sha256([3])), 1 bytes)",
        "d is not there",
      ])
  }

  /// Two letters, one of them without a published checksum.
  private struct Letters: DatasetDefinition {
    var specification: Specification { Specification("letters", version: 1) }
    var summary: String { "letters" }
    let files = DataFiles(folders: ["letters"], files: [.init("a", sha256: sha256([1])), .init("b")])
    func load(from folders: DataFolders) throws(DatasetError) -> Dataset {
      let labels = try folders.load(files, dataset: "letters").flatMap { $0.bytes.map { Int32($0) } }
      let examples = Examples(values: labels.map { Float($0) }, labels: labels)
      return try Dataset(
        name: "letters", task: .vectorClassification(features: 1), training: examples, test: examples,
        classNames: ["0", "1"], record: DataRecord(dataset: "letters", version: 1))
    }
  }

  @Test func whatIsNotPublishedIsReadAndComparedWithWhatWasFetched() throws {
    let folder = try TemporaryFolder()
    try folder.write([1], "letters/a")
    try folder.write([1], "letters/b")
    func verify() throws -> DataVerification {
      try DataVerification(DatasetSource(Letters()), in: DataFolders([folder.path]))
    }
    #expect(try verify().entries[1].verdict == .unpublished && verify().isAsPublished)
    try folder.write(Array("\(sha256([1]))  b\n".utf8), "letters/SHA256SUMS")
    #expect(try verify().entries[1].result == "has no published checksum, and is as it was fetched")
    #expect(try verify().isAsPublished)
    try folder.write([0], "letters/b")
    #expect(
      try verify().entries[1].result
        == "has no published checksum, and is not as it was fetched (SHA-256 \(sha256([1])))")
    #expect(try !verify().isAsPublished && verify().fault == nil)
    try folder.write([9], "letters/b")
    try folder.write([], "letters/SHA256SUMS")
    #expect(
      try verify().fault
        == "the data set \"letters\" does not fit together: training: label 9 at index 1 lies outside -1…1")
    #expect(try verify().entries[1].verdict == .unpublished && !verify().isAsPublished)
  }

  @Test func pagesInPlaceOfSentencesDoNotPass() throws {
    let folder = try TemporaryFolder()
    for part in ["train", "dev", "test"] { try folder.write(Array("<html>\n".utf8), "sst2/\(part).tsv") }
    let verification = try DataVerification(.sst2, in: DataFolders([folder.path]))
    #expect(!verification.isAsPublished && verification.fault?.contains("train.tsv is a web page") == true)
  }

  @Test func aSetThatIsNowhereIsMissing() {
    #expect {
      _ = try DataVerification(DatasetSource(Packed()), in: DataFolders(["/nowhere"]))
    } throws: { error in
      (error as? DatasetError)?.exitCode == .inputMissing
    }
  }
}

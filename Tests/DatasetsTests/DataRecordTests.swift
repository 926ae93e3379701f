import CoppiceDatasets
import CoppiceTerms
import Testing

@Suite struct DataRecordTests {
  private func file(_ path: String, _ bytes: Int, _ content: String) -> DataRecord.File {
    .init(path: path, bytes: bytes, sha256: "s\(bytes)", contentBytes: 5, contentSHA256: content)
  }

  /// A set of one's own, made of one file.
  private struct Own: DatasetDefinition {
    let path: String
    var specification: Specification { Specification("own", version: 1) }
    var summary: String { "own" }
    var recordsIt = true
    var ignoresLabels = false

    func load(from folders: DataFolders) throws(DatasetError) -> Dataset {
      let file = try LoadedFile(path)
      let labels = file.bytes.map { ignoresLabels ? 0 : Int32($0 % 2) }
      let examples = Examples(values: labels.map { Float($0) }, labels: labels)
      return try Dataset(
        name: "own", task: .vectorClassification(features: 1), training: examples, test: examples,
        classNames: ["even", "odd"],
        record: DataRecord(dataset: "own", version: 1, files: recordsIt ? [file.record] : []))
    }
  }

  private func identity(_ own: Own) throws -> Specification.Value {
    let source = DatasetSource(own)
    return try source.identity(of: source.load(from: DataFolders([])))
  }

  /// The contents alone, and the version: what the keys of stored results were made of.
  @Test func theIdentityOfAShippedSetIsItsContents() {
    let record = DataRecord(
      dataset: "mnist", version: 3, files: [file("/a/x.gz", 9, "aa"), file("/b/y", 5, "bb")],
      notes: ["a note"], variant: "not the original files")
    #expect(record.identity == .list([.text("aa"), .text("bb"), .integer(3)]))
  }

  @Test func oneChangedByteIsAnotherSet() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([1, 2, 3, 4], "own.bin")
    let before = try identity(Own(path: path))
    #expect(try identity(Own(path: path)) == before)
    try folder.write([1, 2, 3, 6], "own.bin")  // the same labels, so that the file alone tells
    #expect(try identity(Own(path: path)) != before)
    try folder.write([1, 2, 3, 4], "own.bin")
    #expect(try identity(Own(path: path)) == before)
    // Packed differently or elsewhere it is the same set; under another name it is not.
    try folder.write(gzip([1, 2, 3, 4]), "elsewhere/own.bin.gz")
    #expect(try identity(Own(path: folder.path + "/elsewhere/own.bin.gz")) == before)
    try folder.write([1, 2, 3, 4], "other.bin")
    #expect(try identity(Own(path: folder.path + "/other.bin")) != before)
  }

  /// A loader that reads a file and does not record it: what it made of it tells.
  @Test func examplesCountWhereFilesAreNotRecorded() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([1, 2, 3, 4], "own.bin")
    let before = try identity(Own(path: path, recordsIt: false))
    #expect(try identity(Own(path: path, recordsIt: false)) == before)
    try folder.write([1, 2, 3, 5], "own.bin")
    #expect(try identity(Own(path: path, recordsIt: false)) != before)
    try folder.write([1, 2, 3, 4], "own.bin")
    #expect(
      try identity(Own(path: path, ignoresLabels: true)) != identity(Own(path: path)),
      "nor does a changed loader of a set with a version meet its old results")
  }

  @Test func whatShipsIsKnownByItsDefinition() {
    for source in Datasets.all { #expect(source.isShipped, "\(source.name)") }
    #expect(DatasetSource.mnist(validation: 3).isShipped)
    #expect(!DatasetSource(Own(path: "")).isShipped)
  }
}

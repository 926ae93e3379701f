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

  @Test func aSetThatIsNowhereIsMissing() {
    #expect {
      _ = try DataVerification(DatasetSource(Packed()), in: DataFolders(["/nowhere"]))
    } throws: { error in
      (error as? DatasetError)?.exitCode == .inputMissing
    }
  }
}

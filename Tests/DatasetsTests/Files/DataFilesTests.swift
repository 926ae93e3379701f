import CoppiceDatasets
import Testing

@Suite struct DataFilesTests {
  private func record(_ name: String, _ stored: [UInt8], _ contents: [UInt8]) -> DataRecord.File {
    DataRecord.File(
      path: "/x/\(name)", bytes: stored.count, sha256: sha256(stored), contentBytes: contents.count,
      contentSHA256: sha256(contents))
  }

  @Test func theContentOfAFilePublishedPlainIsTheFile() {
    let file = DataFiles.File("b", sha256: sha256([5]))
    #expect(file.contentSHA256 == sha256([5]))
    #expect(file.verdict(on: record("b", [5], [5])) == .matches)
    #expect(file.verdict(on: record("b.gz", gzip([5]), [5])) == .sameContent)
    #expect(file.verdict(on: record("b.gz", gzip([6]), [6])) == .differs(expected: sha256([5])))
    #expect(DataFiles.File("b.gz", sha256: sha256([5])).contentSHA256 == nil)
  }

  @Test func whatCannotBeComparedIsNotSaidToDiffer() {
    let file = DataFiles.File("a.gz", sha256: sha256(gzip([1])))
    #expect(file.verdict(on: record("a", [1], [1])) == .unpublished)
    #expect(file.verdict(on: record("a.gz", gzip([2]), [2])) == .differs(expected: sha256(gzip([1]))))
    #expect(DataFiles.File("a").verdict(on: record("a", [1], [1])) == .unpublished)
  }

  /// Where no checksum is published, the known content tells.
  @Test func knownContentIsCompared() {
    let file = DataFiles.File("a", contentSHA256: sha256([1]))
    #expect(file.sha256 == nil && file.verdict(on: record("a", [1], [1])) == .matches)
    #expect(file.verdict(on: record("a.gz", gzip([1]), [1])) == .sameContent)
    #expect(file.verdict(on: record("a", [2], [2])) == .differs(expected: sha256([1])))
  }

  /// Plain files of a set that is published compressed are the published ones all the same.
  @Test(arguments: [DatasetSource.mnist, .fashionMNIST, .cifar10, .sst2, .tinyShakespeare])
  func theContentOfEveryShippedFileIsKnown(source: DatasetSource) {
    for file in source.files.files { #expect(file.contentSHA256?.count == 64, "\(source.name) \(file.name)") }
  }
}

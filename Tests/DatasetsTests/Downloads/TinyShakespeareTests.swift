import CoppiceDatasets
import Testing

@Suite struct TinyShakespeareTests {
  @Test func charactersInCodeOrder() throws {
    let folder = try TemporaryFolder()
    try folder.write(Array("ba\nébbabababaaaabbbaaabb".utf8), "tinyshakespeare/input.txt")
    let dataset = try DatasetSource.tinyShakespeare(length: 2, validation: 0).load(
      from: DataFolders([folder.path]))
    #expect(dataset.classNames == ["\n", "a", "b", "é"])
    #expect(dataset.training.count == 10)  // 24 characters: 21 for training, (21 − 1) / 2 windows
    let split = Split(dataset, seed: 0)
    let (tokens, labels) = try everything(split.training, of: dataset)
    #expect(tokens.prefix(4) == [2, 1, 0, 3])
    #expect(labels.prefix(4) == [1, 0, 3, 2])
    #expect(dataset.record.variant == "not the original files" && dataset.record.differences.count == 1)
  }

  @Test func aMarkIsNoCharacterAndAPageIsNoPlay() throws {
    let folder = try TemporaryFolder()
    let text = Array(repeating: "abcab", count: 40).joined()
    try folder.write([0xef, 0xbb, 0xbf] + Array(text.utf8), "tinyshakespeare/input.txt")
    let source = DatasetSource.tinyShakespeare(length: 2, validation: 0)
    #expect(try source.load(from: DataFolders([folder.path])).classNames == ["a", "b", "c"])
    let path = try folder.write(
      Array("<!doctype html><p>\(text)".utf8), "tinyshakespeare/input.txt")
    #expect(
      message { _ = try source.load(from: DataFolders([folder.path])) }
        .hasPrefix("\(path) is a web page, not a file of data: "))
  }

  @Test(
    .enabled(if: RealData.has("tinyshakespeare"), "tiny-shakespeare is not in COPPICE_DATA or ../shared/data")
  )
  func theRealFile() throws {
    let dataset = try DatasetSource.tinyShakespeare.load(from: RealData.folders)
    #expect(dataset.classCount == 65 && dataset.record.variant == nil)
    #expect(dataset.training.count == (1_003_854 - 1) / 64 && dataset.test.count == (111_540 - 1) / 64)
    let split = Split(dataset, seed: 0)
    #expect(split.validation.count == 500)
    let first = try everything(split.training, of: dataset).inputs.prefix(13)
    #expect(first.map { dataset.classNames[Int($0)] }.joined() == "First Citizen")
    #expect(try DataVerification(.tinyShakespeare, in: RealData.folders).entries.map(\.verdict) == [.matches])
  }
}

import CoppiceDatasets
import Testing

@Suite struct LoadedFileTests {
  @Test(arguments: ["a.bin", "a.gz"])
  func contentsDecideWhetherItIsPacked(name: String) throws {
    let folder = try TemporaryFolder()
    let packed = gzip([1, 2, 3])
    let path = try folder.write(packed, name)
    let file = try LoadedFile(path)
    #expect(file.path == path && file.bytes == [1, 2, 3])
    #expect(
      file.record
        == DataRecord.File(
          path: path, bytes: packed.count, sha256: sha256(packed), contentBytes: 3,
          contentSHA256: sha256([1, 2, 3])))
    #expect(file.record.name == name)
    try folder.write([1, 2, 3], name)
    let plain = try LoadedFile(path)
    #expect(plain.bytes == [1, 2, 3])
    #expect(
      plain.record
        == DataRecord.File(
          path: path, bytes: 3, sha256: sha256([1, 2, 3]), contentBytes: 3, contentSHA256: sha256([1, 2, 3])))
  }

  @Test func textHasNoByteOrderMark() throws {
    let folder = try TemporaryFolder()
    func text(_ bytes: [UInt8]) throws -> String { try LoadedFile(folder.write(bytes, "a")).text() }
    #expect(try text([0xef, 0xbb, 0xbf] + Array("é\n".utf8)) == "é\n")
    #expect(try text(Array("é\n".utf8)) == "é\n")
    #expect(
      message { _ = try text([0x61, 0xff]) }
        == "\(folder.path)/a, text: it is not UTF-8; save it as UTF-8, or fetch the data set again")
  }

  @Test func whatCannotBeReadIsNamed() throws {
    let folder = try TemporaryFolder()
    let empty = try folder.write([], "empty")
    #expect(
      message { _ = try LoadedFile(empty) } == "\(empty) is empty; delete it and fetch the data set again")
    let text = message { _ = try LoadedFile(folder.path + "/nowhere") }
    #expect(text.hasPrefix("\(folder.path)/nowhere cannot be read: "))
    #expect(text.hasSuffix("; check that it is a file you may read"))
  }
}

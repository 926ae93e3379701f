import CoppiceExchange
import CoppiceTestSupport
import Foundation
import Testing

/// Files of safetensors that are not what they say.
@Suite struct SafetensorsTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// A file with this header, and so many bytes behind it.
  private func message(_ header: String, _ count: Int = 0, length: Int? = nil) throws -> String {
    let path = folder.file("a.safetensors")
    var bytes = eight(length ?? header.utf8.count)
    bytes += Array(header.utf8) + [UInt8](repeating: 0, count: count)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return CoppiceTestSupport.message { _ = try WeightFile(path) }
  }

  private func eight(_ value: Int) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private func entry(_ name: String, _ begin: Int, _ end: Int, shape: String = "[1]", type: String = "F32")
    -> String
  {
    "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[\(begin),\(end)]}"
  }

  @Test func goodFilesAreRead() throws {
    #expect(try message("{}") == "")
    #expect(try message("{\(entry("a", 0, 4))}  ", 4) == "")
    #expect(
      try message("{\(entry("a", 4, 8)), \(entry("b", 0, 4)),\(entry("c", 4, 4, shape: "[0, 7]"))}", 8) == "")
  }

  @Test func damagedFilesAreNamed() throws {
    #expect(try message("{}", length: 3).contains("its header of 3 bytes is longer than the file"))
    #expect(try message("{}", length: .max).contains("is longer than the file"))
    #expect(try message("{\(entry("a", 0, 4))}", 3).contains("a lies at bytes 0 to 4 of 3"))
    #expect(try message("{\(entry("a", 4, 0))}", 4).contains("a lies at bytes 4 to 0"))
    #expect(
      try message("{\(entry("a", 0, 4))}", 5).hasSuffix(
        "1 bytes at its end are nobody's; fetch or save it again"))
    #expect(try message("{\(entry("a", 1, 5))}", 5).contains("1 bytes before a are nobody's"))
    #expect(
      try message("{\(entry("a", 0, 4)),\(entry("b", 2, 6))}", 6).contains("b overlaps the array before it"))
    #expect(try message("{\(entry("a", 0, 4)),\(entry("a", 4, 8))}", 8).contains("it names a twice"))
    #expect(
      try message("{\(entry("a", 0, 4, shape: "[2]"))}", 4).contains("of shape [2] takes 8 bytes, and 4"))
    let huge = "[4294967296,4294967296,4294967296]"
    #expect(
      try message("{\(entry("a", 0, 4, shape: huge))}", 4).contains("more elements than can be counted"))
    #expect(try message("{\(entry("a", 0, 4, shape: "[-1]"))}", 4).contains("should be a whole number"))
    #expect(
      try message("{\(entry("a", 0, 4, shape: "[99999999999999999999]"))}", 4).contains("a whole number"))
    #expect(
      try message("{\(entry("a", 0, 4, type: "F8_E4M3"))}", 4).contains(
        "of the type F8_E4M3, and known are BOOL"))
    #expect(
      try message("{" + String(repeating: "\"a\":{", count: 100_000)).contains("a field a that is not known"))
    #expect(try message(String(repeating: "{[", count: 100_000)).contains("byte 1 of its header should be"))
    #expect(try message("{\"a\":{\"dtype\":\"F32\"}}").contains("should be \",\""))
    #expect(try message("{\"\\ud800\":1}").contains("the second half of a character"))
    #expect(try message("{\"\\u00").contains("four hexadecimal digits"))
    #expect(try message("{\"a").contains("the end of a text"))
    #expect(try message("{} x").contains("the end of the header"))
  }

  @Test func aNameThatIsNoTextIsRefused() throws {
    let path = folder.file("a")
    let header: [UInt8] = Array("{\"".utf8) + [0xff, 0xfe] + Array("\":{}}".utf8)
    try Data(eight(header.count) + header).write(to: URL(fileURLWithPath: path))
    #expect(CoppiceTestSupport.message { _ = try WeightFile(path) }.contains("a text in UTF-8"))
  }

  /// Elements of wide types come first, so that each lies where its type may lie.
  @Test func elementsLieWhereTheirTypesMay() throws {
    let path = folder.file("a")
    try WeightFormat.safetensors.write(
      [
        WeightArray("a", [1], .uint8, bytes: [1]),
        WeightArray("b", [1], .float64, bytes: [0, 0, 0, 0, 0, 0, 0, 2]),
        WeightArray("c", [1], .int16, bytes: [3, 3]),
      ], to: path)
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(Array(bytes.suffix(11)) == [0, 0, 0, 0, 0, 0, 0, 2, 3, 3, 1])
    #expect((bytes.count - 11).isMultiple(of: 8))
    #expect(try WeightFile(path).arrays.map(\.name) == ["a", "b", "c"])
  }
}

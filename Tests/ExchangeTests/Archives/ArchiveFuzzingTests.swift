import CoppiceExchange
import CoppiceTestSupport
import Foundation
import Testing

/// Damaged archives: unpacked into their folder and nowhere else, within the limit of their size, or refused.
@Suite struct ArchiveFuzzingTests {
  private static let words = [
    "ustar", "../", "/", "e/summary.h5", "\u{0}", "77777777777", "00000000000", "5", "2",
  ]

  /// The bytes of a `.tar.gz` whose one block is not packed, without its frame: as `Archive.write` makes it of little.
  private static func contents(_ archive: [UInt8]) -> [UInt8] {
    let size = Int(archive[11]) | Int(archive[12]) << 8
    return Array(archive[15..<15 + size])
  }

  /// The same put into a frame again, with its checksum, and with those of heads: else most damage would not be looked at.
  private static func framed(_ contents: [UInt8]) -> [UInt8] {
    var contents = contents
    for head in stride(from: 0, to: contents.count - 511, by: 512)
    where contents[head + 257..<head + 262].elementsEqual("ustar".utf8) {
      let sum = contents[head..<head + 512].enumerated().reduce(0) { sum, byte in
        sum + ((148..<156).contains(byte.offset) ? 32 : Int(byte.element))
      }
      let digits = String(sum, radix: 8)
      let text = String(repeating: "0", count: 6 - digits.count) + digits + "\u{0} "
      contents.replaceSubrange(head + 148..<head + 156, with: text.utf8)
    }
    var bytes: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
    var rest = contents[...]
    repeat {
      let block = rest.prefix(65_535)
      rest = rest.dropFirst(65_535)
      bytes.append(rest.isEmpty ? 1 : 0)
      for word in [UInt16(block.count), ~UInt16(block.count)] {
        bytes += [UInt8(word & 255), UInt8(word >> 8)]
      }
      bytes += block
    } while !rest.isEmpty
    var checksum: UInt32 = ~0
    for byte in contents {
      checksum ^= UInt32(byte)
      for _ in 0..<8 { checksum = checksum & 1 == 1 ? checksum >> 1 ^ 0xEDB8_8320 : checksum >> 1 }
    }
    for word in [~checksum, UInt32(contents.count)] {
      bytes += (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
    }
    return bytes
  }

  private func fuzz(_ name: String, _ mutator: Mutator, wrapped: ([UInt8]) -> [UInt8] = { $0 })
    throws
  {
    let folder = try TemporaryFolder()
    let (archive, out) = (folder.file("a.tar.gz"), folder.file("out"))
    let answers = try Fuzzing(name).run(mutator) { bytes in
      let bytes = wrapped(bytes)
      try Data(bytes).write(to: URL(fileURLWithPath: archive))
      defer { try? FileManager.default.removeItem(atPath: out) }
      let names = Result { try Archive.unpack(archive, to: out) }
      // Asked for by hand, for an expectation takes longer than the reading.
      if folder.names.contains(where: { !["a.tar.gz", "out"].contains($0) }) {
        Issue.record("\(folder.names) beside what was unpacked")
      }
      var (size, files) = (0, 0)
      let found = FileManager.default.enumerator(atPath: out)
      while let path = found?.nextObject() as? String {
        guard let attributes = found?.fileAttributes,
          attributes[.type] as? FileAttributeType == .typeRegular
        else {
          continue
        }
        (size, files) = (size + (attributes[.size] as? Int ?? 0), files + 1)
        if path.split(separator: "/").contains("..") { Issue.record("\(path)") }
      }
      if size > Archive.mostUnpacked(of: bytes.count) {
        Issue.record("\(size) bytes of \(bytes.count)")
      }
      if try names.get().count != files { Issue.record("\(files) files of \(names)") }
    }
    #expect(answers.refused > 0 && answers.refused < answers.read)
    withExtendedLifetime(folder) {}
  }

  @Test func damagedArchivesAreUnpackedOrRefused() throws {
    try fuzz("archives", Mutator(try Corpus.files("archives")))
  }

  /// Behind a frame that is whole, as somebody makes it who means harm.
  @Test func forgedArchivesAreUnpackedOrRefused() throws {
    let stored = try Corpus.files("archives").filter { $0.count > 15 && $0[10] == 1 }
    try #require(!stored.isEmpty)
    try fuzz(
      "archives-forged", Mutator(stored.map(Self.contents), words: Self.words), wrapped: Self.framed
    )
  }
}

import CZlib
import CoppiceHDF5
import CoppiceTerms
import Foundation

/// A file in an archive.
package struct ArchiveMember: Sendable {
  /// Where its bytes come from.
  package enum Contents: Sendable {
    case bytes([UInt8])
    /// A file, read when the archive is written.
    case file(String)
  }

  /// The path inside the archive, its folders parted by `/`.
  package let name: String
  package let contents: Contents

  package init(_ name: String, _ contents: Contents) { (self.name, self.contents) = (name, contents) }

  /// A member of this text.
  package init(_ name: String, text: String) { self.init(name, .bytes(Array(text.utf8))) }
}

/// Archives as `.tar.gz` (POSIX ustar in a gzip frame), of which equal members give equal bytes on every machine: members are sorted,
/// times and owners are 0, and nothing is packed.
///
/// It is not left to the `tar` of the system: the flags for an order, times and owners of one's own are not the same in GNU's and in
/// BSD's, and what deflate makes of bytes depends on the library. Results are packed in their own files already.
package enum Archive {
  static let block = 512

  /// Writes an archive, which appears whole or not at all.
  ///
  /// - Throws: `ExchangeError` where a member cannot be read or has a name that does not fit, or the archive cannot be written.
  package static func write(_ members: [ArchiveMember], to path: String) throws(ExchangeError) {
    let sorted = members.sorted { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }
    for (one, next) in zip(sorted, sorted.dropFirst()) where one.name == next.name {
      throw .arrays("two members of an archive are named \(one.name)")
    }
    for member in sorted { _ = try header(member.name, size: 0) }
    var failure: ExchangeError?
    do throws(HDF5Error) {
      try AtomicFile.replace(path) { (write: AtomicFile.Writing) throws(HDF5Error) in
        var frame = GzipFrame()
        do throws(ExchangeError) {
          try put(GzipFrame.head, by: write)
          for member in sorted { try add(member, to: &frame, by: write) }
          try put(frame.packed([UInt8](repeating: 0, count: 2 * block)), by: write)
          try put(frame.end(), by: write)
        } catch {
          failure = error
          throw HDF5Error(call: "write", file: path, message: error.description)
        }
      }
    } catch {
      throw failure ?? .unwritten(error)
    }
  }

  private static func add(_ member: ArchiveMember, to frame: inout GzipFrame, by write: AtomicFile.Writing)
    throws(ExchangeError)
  {
    switch member.contents {
    case .bytes(let bytes):
      try put(frame.packed(try header(member.name, size: bytes.count)), by: write)
      try put(frame.packed(bytes), by: write)
      try put(frame.packed([UInt8](repeating: 0, count: padding(behind: bytes.count))), by: write)
    case .file(let path):
      do {
        let descriptor = try ReadableFile.open(path)
        defer { close(descriptor) }
        let size = try ReadableFile.size(of: descriptor, at: path)
        try put(frame.packed(try header(member.name, size: size)), by: write)
        var left = size
        while left > 0 {
          let piece = try ReadableFile.bytes(of: descriptor, min(left, 1 << 20), at: path)
          guard !piece.isEmpty else {
            throw ExchangeError.arrays("\(path) was changed while it was packed; pack again")
          }
          try put(frame.packed(piece), by: write)
          left -= piece.count
        }
        try put(frame.packed([UInt8](repeating: 0, count: padding(behind: size))), by: write)
      } catch {
        if let fault = error as? FileFault { throw .file(fault) }
        throw error as? ExchangeError ?? .arrays("\(error)")
      }
    }
  }

  private static func put(_ bytes: [UInt8], by write: AtomicFile.Writing) throws(ExchangeError) {
    guard !bytes.isEmpty else { return }
    var failure: HDF5Error?
    bytes.withUnsafeBytes { bytes in
      do throws(HDF5Error) { try write(bytes) } catch { failure = error }
    }
    if let failure { throw .unwritten(failure) }
  }

  /// Zeros between the end of a member and the next header.
  static func padding(behind size: Int) -> Int { (block - size % block) % block }

  /// The header of a file, which anybody may read.
  private static func header(_ name: String, size: Int) throws(ExchangeError) -> [UInt8] {
    let (prefix, last) = try split(name)
    guard size < 1 << 33 else {
      throw .arrays("\(name) has \(size) bytes, and a member of an archive has fewer than 8 GiB")
    }
    var header = [UInt8](repeating: 0, count: block)
    func put(_ text: String, at place: Int) {
      header.replaceSubrange(place..<place + text.utf8.count, with: text.utf8)
    }
    func octal(_ value: Int, _ width: Int) -> String {
      let digits = String(value, radix: 8)
      return String(repeating: "0", count: width - digits.count) + digits
    }
    put(last, at: 0)
    put(octal(0o644, 7), at: 100)
    put(octal(0, 7), at: 108)
    put(octal(0, 7), at: 116)
    put(octal(size, 11), at: 124)
    put(octal(0, 11), at: 136)
    put("0", at: 156)
    put("ustar\u{0}00", at: 257)
    put(prefix, at: 345)
    // The checksum counts its own place as spaces.
    let sum = header.reduce(8 * 32) { $0 + Int($1) }
    put(octal(sum, 6) + "\u{0} ", at: 148)
    return header
  }

  /// A name in its two places: up to 155 bytes before a `/`, and up to 100 behind it.
  private static func split(_ name: String) throws(ExchangeError) -> (prefix: String, last: String) {
    if let fault = fault(ofName: name) {
      throw .arrays("\(name.debugDescription) cannot be in an archive: \(fault)")
    }
    if name.utf8.count <= 100 { return ("", name) }
    let parts = name.split(separator: "/")
    for count in stride(from: parts.count - 1, to: 0, by: -1) {
      let (prefix, last) = (
        parts.prefix(count).joined(separator: "/"), parts.dropFirst(count).joined(separator: "/")
      )
      if prefix.utf8.count <= 155, last.utf8.count <= 100 { return (prefix, last) }
      if last.utf8.count > 100 { break }
    }
    throw .arrays("\(name) is longer than a name in an archive may be")
  }

  /// Why a name leads out of an archive or is none; `nil` for one that stays inside.
  static func fault(ofName name: String) -> String? {
    if name.isEmpty || name.hasPrefix("/") { return "it does not begin inside the archive" }
    if name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) {
      return "it has control characters"
    }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    if parts.contains(where: { ["", ".", ".."].contains($0) }) { return "it has parts that lead elsewhere" }
    return nil
  }
}

/// Bytes in a gzip frame (RFC 1952), in blocks that are not packed, as they come.
private struct GzipFrame {
  private var pending: [UInt8] = []
  private var checksum = crc32(0, nil, 0)
  private var count = 0
  /// The most bytes that such a block holds (RFC 1951).
  private static let most = 0xffff

  /// The head: no name, no time, and no system.
  static let head: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]

  /// What of the bytes so far fills whole blocks.
  mutating func packed(_ bytes: [UInt8]) -> [UInt8] {
    checksum = bytes.withUnsafeBytes { BlockReader.checksum(of: $0, after: checksum) }
    count += bytes.count
    pending += bytes
    var packed: [UInt8] = []
    var place = 0
    while pending.count - place > Self.most {
      packed += Self.head(Self.most, isLast: false) + pending[place..<place + Self.most]
      place += Self.most
    }
    if place > 0 { pending.removeFirst(place) }
    return packed
  }

  /// The last block and the tail.
  func end() -> [UInt8] {
    var bytes = Self.head(pending.count, isLast: true) + pending
    bytes.append(Int(checksum), width: 4)
    bytes.append(count & 0xffff_ffff, width: 4)
    return bytes
  }

  private static func head(_ count: Int, isLast: Bool) -> [UInt8] {
    var head: [UInt8] = [isLast ? 1 : 0]
    head.append(count, width: 2)
    head.append(count ^ 0xffff, width: 2)
    return head
  }
}

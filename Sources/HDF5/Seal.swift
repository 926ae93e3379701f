import Foundation

/// The last 32 bytes of a file of ours: "coppice checksum", the number of bytes before them and their 64-bit
/// checksum.
///
/// libhdf5 may crash or hang on damaged metadata (measured with 1.10.8: 5 % of files with a few random bytes
/// changed), so a file is tested before the library sees it. What lies behind the end that an HDF5 file
/// states is ignored by every reader; a program that writes to the file cuts the seal off, and the file then
/// opens untested.
enum Seal {
  static let size = 32
  private static let mark = Array("coppice checksum".utf8)

  /// The seal of these bytes.
  static func bytes(for image: UnsafeRawBufferPointer) -> [UInt8] {
    var checksum = Checksum()
    checksum.update(image)
    return mark
      + [UInt64(image.count), checksum.value].flatMap { word in
        (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) }
      }
  }

  /// Tests the file behind an open descriptor, if it is sealed or should be.
  /// - Throws: `HDF5Error` where its bytes are not those that were written.
  static func verify(_ descriptor: Int32, of path: String, isRequired: Bool) throws(HDF5Error) {
    let missing = HDF5Error(call: "open", file: path, message: "bad checksum: there is none at the end")
    let length = lseek(descriptor, 0, SEEK_END)
    guard length >= 0 else { throw HDF5Error(systemCall: "lseek", file: path, errno: errno) }
    guard length > size else {
      if isRequired { throw missing }
      return
    }
    lseek(descriptor, length - off_t(size), SEEK_SET)
    let seal = try next(size, from: descriptor, of: path)
    guard Array(seal.prefix(mark.count)) == mark else {
      if isRequired { throw missing }
      return
    }
    lseek(descriptor, 0, SEEK_SET)
    var (checksum, rest) = (Checksum(), Int(length) - size)
    while rest > 0 {
      let piece = try next(min(rest, 1 << 20), from: descriptor, of: path)
      guard !piece.isEmpty else { break }
      piece.withUnsafeBytes { checksum.update($0) }
      rest -= piece.count
    }
    let words = [16, 24].map { start in
      seal[start..<start + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    guard words == [UInt64(length) - UInt64(size), checksum.value] else {
      throw HDF5Error(call: "open", file: path, message: "bad checksum")
    }
  }

  private static func next(_ count: Int, from descriptor: Int32, of path: String) throws(HDF5Error) -> [UInt8]
  {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let got = bytes.withUnsafeMutableBytes {
        read(descriptor, $0.baseAddress.map { $0 + done }, count - done)
      }
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw HDF5Error(systemCall: "read", file: path, errno: errno) }
      if got == 0 { break }
      done += got
    }
    return Array(bytes.prefix(done))
  }
}

/// A 64-bit checksum against accidents: over 8-byte words, value = rotate(value ⊕ word, 29) · odd constant.
/// Each step is a bijection of the value, so a change within one word is always found. Pieces but the last
/// are multiples of 8 bytes.
struct Checksum {
  private(set) var value: UInt64 = 0x9e37_79b9_7f4a_7c15

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let whole = bytes.count & ~7
    for offset in stride(from: 0, to: whole, by: 8) {
      mix(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
    }
    if whole < bytes.count {
      mix(bytes[whole...].reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }
  }

  private mutating func mix(_ word: UInt64) {
    let mixed = value ^ word
    value = (mixed << 29 | mixed >> 35) &* 0xd6e8_feb8_6659_fd93
  }
}

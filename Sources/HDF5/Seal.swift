import Foundation

/// The last 32 bytes of a file of ours: "coppice checksum", the number of bytes before them and their 64-bit
/// checksum.
///
/// libhdf5 may crash or hang on damaged metadata (measured with 1.10.8: 5 % of files with a few random bytes
/// changed), so a file is tested before the library sees it. What lies behind the end that an HDF5 file
/// states is ignored by every reader. A program that writes to the file cuts the seal off; so does a power cut, which may leave
/// zeros in place of the end. Hence a file without its seal is not read, unless it is asked for as a foreign one.
enum Seal {
  static let size = 32
  /// The call that an error of this test names.
  static let call = "verify"
  private static let mark = Array("coppice checksum".utf8)
  private static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]

  /// The seal of these bytes.
  static func bytes(for image: UnsafeRawBufferPointer) -> [UInt8] {
    var checksum = Checksum()
    checksum.update(image)
    return mark
      + [UInt64(image.count), checksum.value].flatMap { word in
        (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) }
      }
  }

  /// Whether these bytes end with a seal, right or wrong.
  static func isPresent(in image: UnsafeRawBufferPointer) -> Bool {
    image.count >= size && image[(image.count - size)...].prefix(mark.count).elementsEqual(mark)
  }

  /// Tests the bytes of a file. Where another program has opened it for writing and written nothing, it has left a mark in the
  /// first bytes, which stays when that program is killed: the mark is taken from the bytes, and they are as they were written.
  /// - Throws: `HDF5Error` where they are not those that were written. It says whether another program has written to the file,
  ///   or what became of its end.
  static func verify(_ image: UnsafeMutableRawBufferPointer, of path: String) throws(HDF5Error) {
    let bytes = UnsafeRawBufferPointer(image)
    guard isPresent(in: bytes) else {
      throw HDF5Error(call: call, file: path, message: reason(of: bytes))
    }
    guard isRight(bytes) || clearMark(in: image) && isRight(bytes) else {
      throw HDF5Error(call: call, file: path, message: "bad checksum")
    }
  }

  private static func isRight(_ image: UnsafeRawBufferPointer) -> Bool {
    let contents = UnsafeRawBufferPointer(rebasing: image[..<(image.count - size)])
    return image[contents.count...].elementsEqual(bytes(for: contents))
  }

  /// Sets the consistency flags of a superblock to 0, as they are in a file that nobody has open; `false` where they are.
  private static func clearMark(in image: UnsafeMutableRawBufferPointer) -> Bool {
    // Of later versions the superblock has a checksum of its own; we write version 0.
    guard image.count >= 64, image[8] < 2, image[20..<24].contains(where: { $0 != 0 }) else { return false }
    for index in 20..<24 { image[index] = 0 }
    return true
  }

  /// Why a file may have no seal.
  private static func reason(of image: UnsafeRawBufferPointer) -> String {
    guard image.starts(with: signature) else { return "file signature not found" }
    let end = statedEnd(of: image) ?? 0
    if image.count < end { return "truncated file: \(image.count) bytes of \(end)" }
    // A file may end with zeros of its own; what lies behind its end was the seal.
    if image.count > end, image.suffix(size).allSatisfy({ $0 == 0 }) {
      return "bad checksum: the end of the file is zeros"
    }
    return HDF5Error.foreignMessage
  }

  /// The number of bytes that the file says it has: the end-of-file address of its superblock.
  private static func statedEnd(of image: UnsafeRawBufferPointer) -> Int? {
    guard image.count >= 64 else { return nil }
    // Versions 0 and 1 have three addresses of a size they state before it, later ones two.
    let isOld = image[8] < 2
    let width = Int(image[isOld ? 13 : 9])
    let place = isOld ? (image[8] == 0 ? 24 : 28) + 2 * width : 12 + 2 * width
    guard width == 8, place + width <= image.count else { return nil }
    return Int(exactly: UInt64(littleEndian: image.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
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

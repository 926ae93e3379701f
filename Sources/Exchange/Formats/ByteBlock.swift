import CZlib

/// Bytes of a file that hold elements, as they are or packed.
struct ByteBlock: Hashable, Sendable {
  /// Where they lie in the file.
  let place: Range<Int>
  /// How many they are unpacked; `nil` where they are not packed.
  let unpacked: Int?
  /// CRC-32 of the unpacked bytes, where the format keeps one.
  let checksum: UInt32?

  init(_ place: Range<Int>, unpacked: Int? = nil, checksum: UInt32? = nil) {
    (self.place, self.unpacked, self.checksum) = (place, unpacked, checksum)
  }

  /// How many bytes there are to read.
  var size: Int { unpacked ?? place.count }
}

/// Reads a block from its first byte to its last, unpacking it on the way.
///
/// The checksum is held against the bytes where all of them were read.
final class BlockReader {
  private let file: FileBytes
  private let format: String
  private let block: ByteBlock
  private let inflater: Inflater?
  private var position = 0
  private var checksum = crc32(0, nil, 0)
  private var isChecked: Bool

  init(_ block: ByteBlock, of file: FileBytes, format: String) throws(ExchangeError) {
    (self.block, self.file, self.format) = (block, file, format)
    isChecked = block.checksum != nil
    inflater = block.unpacked == nil ? nil : try Inflater(file, block.place, format: format)
  }

  /// Passes over bytes.
  func skip(_ count: Int) throws(ExchangeError) {
    // A part of what is not packed need not be read.
    if inflater == nil, !isChecked || count > 1 << 16 {
      isChecked = isChecked && count == 0
      position += count
      return
    }
    var left = count
    var piece = [UInt8](repeating: 0, count: min(count, 1 << 16))
    while left > 0 {
      try read(into: &piece, min(left, piece.count))
      left -= min(left, piece.count)
    }
  }

  private func read(into piece: inout [UInt8], _ count: Int) throws(ExchangeError) {
    var failure: ExchangeError?
    piece.withUnsafeMutableBytes { bytes in
      do throws(ExchangeError) {
        try read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<count]))
      } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Fills a buffer with the next bytes.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ExchangeError) {
    guard buffer.count <= block.size - position else {
      throw .damaged(path: file.path, format: format, reason: "an array reaches beyond its bytes")
    }
    if let inflater {
      try inflater.read(into: buffer)
    } else {
      try file.read(into: buffer, at: block.place.lowerBound + position)
    }
    position += buffer.count
    if isChecked { checksum = Self.checksum(of: UnsafeRawBufferPointer(buffer), after: checksum) }
  }

  /// Ends the reading.
  /// - Throws: `ExchangeError.damaged` where all bytes were read and are not those that were written.
  func finish() throws(ExchangeError) {
    guard position == block.size else { return }
    try inflater?.finish()
    if isChecked, let expected = block.checksum, UInt32(truncatingIfNeeded: checksum) != expected {
      throw .damaged(
        path: file.path, format: format,
        reason: "bytes \(block.place.lowerBound) to \(block.place.upperBound) differ from their checksum; "
          + "fetch or save it again")
    }
  }

  static func checksum(of bytes: UnsafeRawBufferPointer, after checksum: UInt) -> UInt {
    var (checksum, done) = (checksum, 0)
    while done < bytes.count {
      let count = min(bytes.count - done, 1 << 30)
      let start = bytes.baseAddress.map { ($0 + done).assumingMemoryBound(to: UInt8.self) }
      checksum = crc32(checksum, start, uInt(count))
      done += count
    }
    return checksum
  }
}

import CZlib

/// Decompression of gzip files.
enum Gzip {
  /// Whether a file begins as a gzip file does: two bytes of magic and the one method there is (RFC 1952).
  static func isPacked(_ input: [UInt8]) -> Bool { input.starts(with: [0x1f, 0x8b, 8]) }

  /// The content of a gzip file of one or more members, checked against their own checksums.
  ///
  /// Of a content that is not of its format, only the beginning.
  ///
  /// - Parameter limit: how many bytes it may have, asked as soon as its first bytes are there.
  /// - Throws: `DatasetError.truncated`, `.corrupt`, or `.malformed` where it has more, naming `path`.
  static func decompress(
    _ input: [UInt8], path: String, _ limit: ContentLimit = ContentLimit()
  ) throws(DatasetError) -> [UInt8] {
    guard input.count >= 2, input[0] == 0x1f, input[1] == 0x8b else {
      throw .corrupt(path: path, offset: 0, reason: "it does not start as a gzip file")
    }
    var stream = z_stream()
    // 15 bits of window, +16: gzip framing only. (The macro inflateInit2 does not reach Swift.)
    guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw .unreadable(path: path, reason: "zlib could not be started")
    }
    defer { inflateEnd(&stream) }
    var output: [UInt8] = []
    output.reserveCapacity(min(input.count * 4, limit.most))
    var piece = [UInt8](repeating: 0, count: 1 << 18)
    var consumed = 0
    var isComplete = false
    var status = Z_OK
    while !isComplete {
      let available = input.count - consumed
      status = input.withUnsafeBufferPointer { input in
        piece.withUnsafeMutableBufferPointer { piece in
          stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress.map { $0 + consumed })
          stream.avail_in = uInt(min(available, 1 << 30))
          stream.next_out = piece.baseAddress
          stream.avail_out = uInt(piece.count)
          let before = stream.avail_in
          let status = inflate(&stream, Z_NO_FLUSH)
          consumed += Int(before - stream.avail_in)
          return status
        }
      }
      output.append(contentsOf: piece[..<(piece.count - Int(stream.avail_out))])
      let bound = try limit.bound(output.prefix(ContentLimit.beginning), path: path)
      if bound.isOtherFormat { return output }
      if bound.isExceeded(by: output.count) { throw bound.error(path: path, isPacked: true) }
      switch status {
      case Z_STREAM_END:
        isComplete = consumed == input.count
        if !isComplete { inflateReset(&stream) }  // another member follows
      case Z_OK:
        if consumed == input.count && stream.avail_out > 0 { throw Self.truncated(path, consumed) }
      case Z_BUF_ERROR:
        throw Self.truncated(path, consumed)
      default:
        let reason = stream.msg.map { String(cString: $0) } ?? "zlib error \(status)"
        throw .corrupt(path: path, offset: consumed, reason: reason)
      }
    }
    return output
  }

  private static func truncated(_ path: String, _ bytes: Int) -> DatasetError {
    .truncated(path: path, reason: "its compressed data end after \(bytes) bytes without an end mark")
  }
}

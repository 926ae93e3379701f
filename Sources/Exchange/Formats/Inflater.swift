import CZlib

/// Unpacks the raw deflate stream (RFC 1951) in a part of a file, from its beginning on.
final class Inflater {
  private let file: FileBytes
  private let format: String
  private let place: Range<Int>
  /// The library keeps its address.
  private let stream: UnsafeMutablePointer<z_stream>
  private var input: [UInt8]
  private var taken = 0
  private var filled = 0
  private var position: Int
  private var isAtEnd = false

  private static let piece = 1 << 18

  /// Starts at the beginning of the packed bytes.
  init(_ file: FileBytes, _ place: Range<Int>, format: String) throws(ExchangeError) {
    (self.file, self.place, self.format) = (file, place, format)
    position = place.lowerBound
    input = [UInt8](repeating: 0, count: max(1, min(Self.piece, place.count)))
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // Minus 15 bits of window: no frame. (The macro inflateInit2 does not reach Swift.)
    guard inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw .damaged(path: file.path, format: format, reason: "zlib could not be started")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Fills a buffer with the next unpacked bytes.
  /// - Throws: `ExchangeError.damaged` where they cannot be unpacked, or are fewer.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ExchangeError) {
    var done = 0
    while done < buffer.count {
      let got = try step(UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
      guard got > 0 || !isAtEnd else { throw damaged("its packed data end before its last array") }
      done += got
    }
  }

  /// - Throws: `ExchangeError.damaged` where more bytes would follow.
  func finish() throws(ExchangeError) {
    var failure: ExchangeError?
    withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { more in
      do throws(ExchangeError) {
        while !isAtEnd, failure == nil {
          if try step(more) > 0 { failure = damaged("its packed data hold more than it says") }
        }
      } catch { failure = error }
    }
    if let failure { throw failure }
    guard taken == filled, position == place.upperBound else {
      throw damaged("bytes follow its packed data")
    }
  }

  private func step(_ output: UnsafeMutableRawBufferPointer) throws(ExchangeError) -> Int {
    guard !isAtEnd else { return 0 }
    if taken == filled, position < place.upperBound {
      let count = min(input.count, place.upperBound - position)
      var failure: ExchangeError?
      input.withUnsafeMutableBytes { bytes in
        do throws(ExchangeError) {
          try file.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<count]), at: position)
        } catch { failure = error }
      }
      if let failure { throw failure }
      (taken, filled) = (0, count)
      position += count
    }
    let room = min(output.count, 1 << 30)
    let (status, got, used) = input.withUnsafeMutableBufferPointer { input in
      stream.pointee.next_in = input.baseAddress.map { $0 + taken }
      stream.pointee.avail_in = uInt(filled - taken)
      stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = uInt(room)
      let status = inflate(stream, Z_NO_FLUSH)
      return (status, room - Int(stream.pointee.avail_out), filled - taken - Int(stream.pointee.avail_in))
    }
    taken += used
    switch status {
    case Z_STREAM_END: isAtEnd = true
    case Z_OK: break
    case Z_BUF_ERROR where position < place.upperBound: break
    case Z_BUF_ERROR: throw damaged("its packed data end without an end mark")
    default: throw damaged(stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(status)")
    }
    return got
  }

  private func damaged(_ reason: String) -> ExchangeError {
    .damaged(path: file.path, format: format, reason: reason + "; fetch or save it again")
  }
}

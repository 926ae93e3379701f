/// A message of Protocol Buffers as it is written, fields in the order in which they are added.
///
/// The wire format: each field is a tag, `number · 8 + type`, and its contents: a varint (type 0: seven bits a byte, lowest first, the
/// eighth set where more follow), four bytes (type 5), or a length and so many bytes (type 2). Long arrays are not copied into the
/// message: they stand in it as what will write them.
package struct ProtobufMessage: Sendable {
  /// Some of the message's bytes.
  package enum Part: Sendable {
    case bytes([UInt8])
    /// Bytes that are made when they are written.
    case array(ONNXContent)

    /// How many bytes these are.
    package var count: Int {
      switch self {
      case .bytes(let bytes): bytes.count
      case .array(let content): content.byteCount
      }
    }
  }

  package private(set) var parts: [Part] = []
  /// The bytes of the whole message.
  package private(set) var count = 0

  /// A message without fields.
  package init() {}

  /// A whole number; a negative one is its two's complement in 64 bits.
  package mutating func integer(_ field: Int, _ value: Int) {
    append(.bytes(Self.varint(UInt64(field) << 3) + Self.varint(UInt64(bitPattern: Int64(value)))))
  }

  /// Whole numbers, each a field of its own.
  package mutating func integers(_ field: Int, _ values: [Int]) {
    for value in values { integer(field, value) }
  }

  /// A number in 32 bits.
  package mutating func number(_ field: Int, _ value: Float) {
    append(.bytes(Self.varint(UInt64(field) << 3 | 5) + value.bitPattern.littleEndianBytes))
  }

  /// A text in UTF-8.
  package mutating func text(_ field: Int, _ value: String) { contents(field, [.bytes(Array(value.utf8))]) }

  /// Another message.
  package mutating func message(_ field: Int, _ message: ProtobufMessage) { contents(field, message.parts) }

  /// The elements of an array.
  package mutating func array(_ field: Int, _ content: ONNXContent) { contents(field, [.array(content)]) }

  private mutating func contents(_ field: Int, _ parts: [Part]) {
    let length = parts.reduce(0) { $0 + $1.count }
    append(.bytes(Self.varint(UInt64(field) << 3 | 2) + Self.varint(UInt64(length))))
    parts.forEach { append($0) }
  }

  private mutating func append(_ part: Part) {
    count += part.count
    if case .bytes(let more) = part, case .bytes(var bytes)? = parts.last {
      parts.removeLast()
      bytes += more
      parts.append(.bytes(bytes))
    } else {
      parts.append(part)
    }
  }

  private static func varint(_ value: UInt64) -> [UInt8] {
    var (rest, bytes) = (value, [UInt8]())
    while rest > 127 {
      bytes.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  /// Gives the message piece by piece.
  package func write<Failure: Error>(_ append: (UnsafeRawBufferPointer) throws(Failure) -> Void)
    throws(Failure)
  {
    for part in parts {
      switch part {
      case .bytes(let bytes): try bytes.withPieces(append)
      case .array(let content): try content.write(append)
      }
    }
  }

  /// The whole message.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    write { bytes += $0 }
    return bytes
  }
}

extension FixedWidthInteger {
  /// Its bytes, the lowest first.
  fileprivate var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}

extension Array {
  /// Gives the elements as bytes. (`withUnsafeBytes` knows no typed errors.)
  package func withPieces<Failure: Error>(
    _ append: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let outcome = withUnsafeBytes { bytes in
      Result { () throws(Failure) in try append(bytes) }
    }
    try outcome.get()
  }
}

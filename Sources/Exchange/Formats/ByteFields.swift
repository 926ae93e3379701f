/// Whole numbers at places of bytes, the lowest byte first, as zip, npy and HDF5 keep them.
struct ByteFields {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var count: Int { bytes.count }

  /// The number of so many bytes at a place; `nil` where the bytes end before, or it is larger than an `Int`.
  func integer(_ width: Int, at place: Int) -> Int? {
    guard place >= 0, width >= 0, width <= 8, place <= bytes.count - width else { return nil }
    var value: UInt64 = 0
    for offset in (0..<width).reversed() { value = value << 8 | UInt64(bytes[place + offset]) }
    return Int(exactly: value)
  }

  /// So many bytes at a place; `nil` where they end before.
  func slice(_ count: Int, at place: Int) -> ArraySlice<UInt8>? {
    guard place >= 0, count >= 0, place <= bytes.count - count else { return nil }
    return bytes[place..<(place + count)]
  }

  /// Whether these bytes stand at a place.
  func has(_ expected: [UInt8], at place: Int) -> Bool {
    slice(expected.count, at: place).map { $0.elementsEqual(expected) } ?? false
  }
}

extension [UInt8] {
  /// Adds a number in so many bytes, the lowest first.
  mutating func append(_ value: Int, width: Int) {
    for offset in 0..<width { append(UInt8(truncatingIfNeeded: value >> (8 * offset))) }
  }
}

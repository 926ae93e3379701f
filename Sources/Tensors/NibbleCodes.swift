/// Codes −7 … 7 stored two a byte: of codes 2i and 2i + 1 the first has the low four bits, as two's complement. Behind an odd number
/// of codes stands a 0.
package enum NibbleCodes {
  /// The bytes of some codes.
  package static func packed(_ codes: [Int8]) -> [UInt8] {
    stride(from: 0, to: codes.count, by: 2).map { place in
      let low = UInt8(bitPattern: codes[place]) & 15
      let high = place + 1 < codes.count ? UInt8(bitPattern: codes[place + 1]) & 15 : 0
      return low | high << 4
    }
  }

  /// The codes in some bytes.
  /// - Parameter count: how many there are; no more than two a byte.
  package static func unpacked(_ bytes: [UInt8], count: Int) -> [Int8] {
    (0..<min(count, 2 * bytes.count)).map { place in
      let nibble = place % 2 == 0 ? bytes[place / 2] & 15 : bytes[place / 2] >> 4
      // The sign is the nibble's highest bit.
      return Int8(bitPattern: nibble << 4) >> 4
    }
  }
}

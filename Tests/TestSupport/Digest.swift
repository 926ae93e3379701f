import CoppiceTensors

/// FNV-1a: a short name for many bits, for tests that pin results.
package struct Digest {
  /// The digest of what was taken in so far.
  package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  package init() {}

  /// The digest of the bytes that `feed` hands over, one lot after the other: `Digest(record.digest)`.
  package init(_ feed: ((UnsafeRawBufferPointer) -> Void) -> Void) {
    var digest = Digest()
    feed { bytes in for byte in bytes { digest.take(byte) } }
    self = digest
  }

  private mutating func take(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }

  /// Takes in a word, its low byte first.
  package mutating func add(_ word: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) { take(UInt8(truncatingIfNeeded: word >> shift)) }
  }

  /// Takes in the bits of every element.
  package mutating func add(_ tensor: Tensor) {
    for scalar in tensor.scalars { add(UInt64(scalar.bitPattern)) }
  }

  /// Takes in names and bits.
  package mutating func add(_ parameters: ParameterSet) {
    for (name, tensor) in parameters {
      for byte in name.utf8 { add(UInt64(byte)) }
      add(tensor)
    }
  }

  /// The digest in hexadecimal digits.
  package var text: String { String(value, radix: 16) }

  /// FNV-1a in 32 bits of a text: a seed that scripts of Tests/Reference make as well.
  package static func seed(_ text: String) -> UInt32 {
    text.utf8.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
  }
}

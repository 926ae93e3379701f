import CoppiceTensors

/// FNV-1a over words: a short name for many bits, for tests that pin results.
package struct Digest {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  package init() {}

  /// Takes in a word, its low byte first.
  package mutating func add(_ word: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      state = (state ^ (word >> shift & 0xFF)) &* 0x100_0000_01B3
    }
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
  package var text: String { String(state, radix: 16) }
}

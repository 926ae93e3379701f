import CKernels
import Testing

@Suite("Bytes to numbers") struct BytesTests {
  @Test("images by index through a table a channel", arguments: raggedSizes) func images(_ plane: Int) {
    let channels = 3
    let indices: [Int32] = [4, 0, 4, 2, 1]
    let bytes = (0..<5 * channels * plane).map { UInt8(truncatingIfNeeded: 37 &* $0 &+ $0 >> 8) }
    let table = samples(channels * 256)
    let y = onEveryVariant {
      output(indices.count * channels * plane) {
        ck_gather_bytes(indices.count, channels, plane, indices, bytes, table, $0)
      }
    }
    let expected = indices.flatMap { index in
      (0..<channels * plane).map { i in
        table[256 * (i / plane) + Int(bytes[Int(index) * channels * plane + i])]
      }
    }
    #expect(sameBits(y, expected))
    let parts = output(indices.count * channels * plane) { y in
      for p in indices.indices {
        ck_gather_bytes(1, channels, plane, [indices[p]], bytes, table, y + p * channels * plane)
      }
    }
    #expect(sameBits(parts, expected))
  }

  /// Tables that are computed where they go up evenly from 0; those that are not, by one bit, in one channel.
  static let tables: [[Float]] = [
    samples(256), (0..<256).map { Float(Double($0) / 255) }, (0..<256).map { Float($0) },
    (0..<256).map { Float(-$0) },
    (0..<256).map { Float((Double($0) / 255 - 0.1307) / 0.3081) },
    (0..<256).map { Float(Double($0) / 255).nextUp }, [Float](repeating: 0, count: 256),
    (0..<256).map { $0 == 100 ? (Float(100) / 255).nextDown : Float($0) / 255 },
    (0..<256).map { $0 == 255 ? .nan : Float($0) }, (0..<256).map { $0 == 0 ? -0.0 : Float($0) },
  ]

  @Test("channels with tables of their own", arguments: tables) func channels(_ other: [Float]) {
    let table = Self.tables[1] + other, bytes: [UInt8] = Array(0...255) + Array(0...255)
    let y = onEveryVariant { output(512) { ck_gather_bytes(1, 2, 256, [0], bytes, table, $0) } }
    #expect(sameBits(y, table))
  }

  @Test("every byte has its number", arguments: tables) func everyByte(_ table: [Float]) {
    let y = onEveryVariant { output(256) { ck_gather_bytes(1, 1, 256, [0], Array(0...255), table, $0) } }
    #expect(sameBits(y, table))
  }
}

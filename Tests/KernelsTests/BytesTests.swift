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

  @Test("every byte has its number") func everyByte() {
    let table = samples(256)
    let y = onEveryVariant { output(256) { ck_gather_bytes(1, 1, 256, [0], Array(0...255), table, $0) } }
    #expect(sameBits(y, table))
  }
}

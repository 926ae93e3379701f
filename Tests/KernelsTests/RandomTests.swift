import CKernels
import Testing

/// Philox4x32-10 as its paper writes it, one block.
private func philox(_ counter: [UInt32], _ key: [UInt32]) -> [UInt32] {
  var (c, k) = (counter, key)
  for _ in 0..<10 {
    let a = UInt64(c[0]) * 0xD251_1F53
    let b = UInt64(c[2]) * 0xCD9E_8D57
    c = [
      UInt32(b >> 32) ^ c[1] ^ k[0], UInt32(truncatingIfNeeded: b), UInt32(a >> 32) ^ c[3] ^ k[1],
      UInt32(truncatingIfNeeded: a),
    ]
    k = [k[0] &+ 0x9E37_79B9, k[1] &+ 0xBB67_AE85]
  }
  return c
}

private let seed: UInt64 = 0x1234_5678_9ABC_DEF0

/// Element `e` of the stream.
private func word(_ e: UInt64, stream: UInt32 = 4, substream: UInt32 = 9) -> UInt32 {
  let block = e / 4
  let counter = [UInt32(truncatingIfNeeded: block), UInt32(block >> 32), stream, substream]
  return philox(counter, [UInt32(truncatingIfNeeded: seed), UInt32(seed >> 32)])[Int(e % 4)]
}

@Suite("Random kernels") struct RandomTests {
  /// The known-answer vectors of the authors' Random123 library: counter, key, result.
  static let published: [([UInt32], [UInt32], [UInt32])] = [
    ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
    (
      [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [0xffff_ffff, 0xffff_ffff],
      [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
    ),
    (
      [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
      [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
    ),
  ]

  /// Words as floats of the same bits (a NaN pattern compares as a class, so words are compared as integers too).
  private func words(_ count: Int, _ fill: (UnsafeMutablePointer<UInt32>) -> Void) -> [UInt32] {
    var y = [UInt32](repeating: 0, count: count + 1)
    y.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { fill(base) } }
    #expect(y[count] == 0)
    return Array(y[..<count])
  }

  @Test("the published vectors", arguments: published) func vectors(_ v: ([UInt32], [UInt32], [UInt32])) {
    let (counter, key, expected) = v
    let block = UInt64(counter[0]) | UInt64(counter[1]) << 32
    let seed = UInt64(key[0]) | UInt64(key[1]) << 32
    #expect(words(4) { ck_philox(1, seed, counter[2], counter[3], block, $0) } == expected)
    #expect(philox(counter, key) == expected)
  }

  @Test("element by element, from any first one", arguments: raggedSizes) func elements(_ n: Int) {
    for first in [0, 1, 2, 3, 4, 61, 64, 1001, (1 << 34) - 5, (1 << 40) + 2] as [UInt64] {
      let expected = (0..<n).map { word(first + UInt64($0)) }
      let uniform = expected.map { Float($0 >> 8) * 0x1p-24 }
      let y = onEveryVariant { output(n) { ck_uniform(n, seed, 4, 9, first, $0) } }
      #expect(y == expected.map { (Float($0 >> 9) + 0.5) * 0x1p-23 } && y.allSatisfy { $0 > 0 && $0 < 1 })
      let x = samples(n)
      for rate in [0, 0.1, 0.5, 1] as [Float] {
        let y = onEveryVariant { output(n) { ck_dropout(n, rate, seed, 4, 9, first, x, $0) } }
        let scale = 1 / (1 - rate)
        #expect(y == (0..<n).map { uniform[$0] < rate ? 0 : x[$0] * scale })
      }
    }
  }

  @Test("blocks, across the carry of the counter") func blocks() {
    let start = UInt64(1) << 32 - 7
    for count in [0, 1, 15, 16, 17, 40] {
      let expected = (0..<count).flatMap { b in (0..<4).map { word((start + UInt64(b)) * 4 + $0) } }
      #expect(words(4 * count) { ck_philox(count, seed, 4, 9, start, $0) } == expected)
    }
  }

  @Test("as many elements are dropped as the rate says") func distribution() {
    let n = 100_000
    let ones = [Float](repeating: 1, count: n)
    for rate in [0.1, 0.5, 0.9] as [Float] {
      let y = output(n) { ck_dropout(n, rate, 1, 2, 3, 0, ones, $0) }
      let dropped = Double(y.count { $0 == 0 }) / Double(n)
      let deviation = (Double(rate) * (1 - Double(rate)) / Double(n)).squareRoot()
      #expect(abs(dropped - Double(rate)) < 4 * deviation)
    }
  }
}

import CoppiceTensors
import Testing

@Suite struct RandomTests {
  /// The known-answer vectors published with Random123 (Salmon et al., kat_vectors, philox4x32 10).
  @Test func philoxKnownAnswers() {
    let ones = UInt32.max
    #expect(
      Philox.block(counter: SIMD4(0, 0, 0, 0), key: SIMD2(0, 0))
        == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    #expect(
      Philox.block(counter: SIMD4(ones, ones, ones, ones), key: SIMD2(ones, ones))
        == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    #expect(
      Philox.block(
        counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
        key: SIMD2(0xa409_3822, 0x299f_31d0))
        == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test func aStreamIsTheSequenceOfBlocks() {
    let seed: UInt64 = 0x0123_4567_89ab_cdef
    var stream = RandomStream(seed: seed, stream: .mask, substream: 9, block: 0xffff_ffff)
    for block in [SIMD2<UInt32>(0xffff_ffff, 0), SIMD2(0, 1), SIMD2(1, 1)] {
      let expected = Philox.block(
        counter: SIMD4(block.x, block.y, 5, 9), key: SIMD2(0x89ab_cdef, 0x0123_4567))
      for i in 0..<4 { #expect(stream.next() == expected[i]) }
    }
  }

  @Test func streamKindsArePartOfTheContract() {
    #expect(RandomStreamKind.allCases.map(\.rawValue) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    #expect(
      RandomStreamKind.allCases == [
        .initialisation, .dataOrder, .augmentation, .dropout, .mask, .split, .generation, .score, .dynamics,
        .ties, .gates, .corruption,
      ])
  }

  @Test func anyWordIsFoundByItsPlace() {
    var stream = RandomStream(seed: 5, stream: .ties, substream: 3, block: 0)
    var straight = stream
    let words = (0..<40).map { _ in straight.next() }
    // Up, down, twice the same, within a block and over its edge, after `next` and before it.
    for index in [0, 1, 3, 4, 4, 39, 38, 2, 2, 7, 8, 11, 12] {
      stream.seek(to: index)
      #expect(stream.next() == words[index], "word \(index)")
    }
    stream.seek(to: 6)
    #expect((6..<20).map { _ in stream.next() } == Array(words[6..<20]))
  }

  @Test func streamsDiffer() {
    var first: Set<UInt32> = []
    for seed in [UInt64(0), 1, 1 << 32] {
      for kind in RandomStreamKind.allCases {
        for substream in [UInt32(0), 1] {
          var stream = RandomStream(seed: seed, stream: kind, substream: substream)
          first.insert(stream.next())
        }
      }
    }
    #expect(first.count == 3 * 12 * 2)
  }

  @Test func uniformIsTheTopBits() {
    var words = RandomStream(seed: 3, stream: .dropout)
    var values = words
    var sum = 0.0
    for _ in 0..<10_000 {
      let expected = Float(words.next() >> 8) / 16_777_216
      let value = values.uniform()
      #expect(value == expected && value >= 0 && value < 1)
      sum += Double(value)
    }
    #expect((sum / 10_000 - 0.5).magnitude < 4 * 0.2887 / 100)
  }

  @Test func boundedIntegersAreUnbiased() {
    var stream = RandomStream(seed: 5, stream: .mask)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[Int(stream.integer(below: 7))] += 1 }
    let chiSquare = counts.map { Double(($0 - 10_000) * ($0 - 10_000)) / 10_000 }.reduce(0, +)
    #expect(chiSquare < 22.5)  // 0.1 % point for 6 degrees of freedom

    // With bound 3·2³⁰ the plain product would be 0 mod 3 twice as often as the rest.
    var multiples = 0
    for _ in 0..<30_000 where stream.integer(below: 3 << 30) % 3 == 0 { multiples += 1 }
    #expect((multiples - 10_000).magnitude < 330)  // 4 standard deviations
    #expect(stream.integer(below: 1) == 0 && stream.integer(below: 0) == 0)
  }

  @Test func permutationsAreUniform() {
    var stream = RandomStream(seed: 11, stream: .dataOrder)
    var counts: [[Int32]: Int] = [:]
    for _ in 0..<24_000 { counts[stream.permutation(4), default: 0] += 1 }
    #expect(counts.count == 24)
    let chiSquare = counts.values.map { Double(($0 - 1_000) * ($0 - 1_000)) / 1_000 }.reduce(0, +)
    #expect(chiSquare < 49.8)  // 0.1 % point for 23 degrees of freedom
    #expect(stream.permutation(0).isEmpty && stream.permutation(1) == [0])
  }

  @Test func shuffleGoesDownFromTheLastPosition() {
    var words = RandomStream(seed: 1, stream: .split)
    var stream = words
    var expected: [Int32] = [0, 1, 2, 3, 4]
    for i in [4, 3, 2, 1] { expected.swapAt(i, Int(words.integer(below: UInt32(i + 1)))) }
    #expect(stream.permutation(5) == expected)
  }

  @Test func normalMoments() {
    var stream = RandomStream(seed: 7, stream: .initialisation)
    var values = [Float](repeating: 0, count: 100_001)
    values.withUnsafeMutableBufferPointer { stream.fillNormal($0, mean: 1, standardDeviation: 2) }
    let z = values.map { (Double($0) - 1) / 2 }
    func moment(_ k: Int) -> Double {
      z.map { x in (0..<k).reduce(1) { y, _ in y * x } }.reduce(0, +) / Double(z.count)
    }
    #expect(moment(1).magnitude < 0.013)
    #expect((moment(2) - 1).magnitude < 0.018)
    #expect(moment(3).magnitude < 0.05)
    #expect((moment(4) - 3).magnitude < 0.13)
    #expect((Double(z.filter { $0 < 1 }.count) / Double(z.count) - 0.8413).magnitude < 0.005)
  }

  @Test func normalIsBoxMuller() {
    var words = RandomStream(seed: 2, stream: .generation)
    var stream = words
    let u = (Double(words.next()) + 0.5) / 4_294_967_296
    let angle = Double(words.next()) / 4_294_967_296 * 2 * Double.pi
    let r = (-2 * Elementary.log(u)).squareRoot()
    let pair = stream.normalPair()
    #expect((pair.0 - r * Elementary.cos(angle)).magnitude < 1e-14)
    #expect((pair.1 - r * Elementary.sin(angle)).magnitude < 1e-14)
  }

  @Test func truncatedNormalStaysWithinTwoDeviations() {
    var stream = RandomStream(seed: 8, stream: .initialisation)
    var values = [Float](repeating: 9, count: 50_001)
    values.withUnsafeMutableBufferPointer { stream.fillTruncatedNormal($0, standardDeviation: 0.5) }
    #expect(values.allSatisfy { $0.magnitude <= 1 })
    let variance = values.map { Double($0) * Double($0) }.reduce(0, +) / Double(values.count)
    // The variance of a normal cut at ±2σ is 0.7737 σ².
    #expect((variance - 0.7737 * 0.25).magnitude < 0.004)
  }

  /// Bits are part of the contract: these change only with the numerics version.
  @Test func pinnedValues() {
    var stream = RandomStream(seed: 42, stream: .initialisation)
    let words = (0..<4).map { _ in stream.next() }
    var values = [Float](repeating: 0, count: 4)
    values.withUnsafeMutableBufferPointer { stream.fillNormal($0) }
    #expect(words == [0x0293_3769, 0x2051_e913, 0x3b68_b038, 0xb62c_409c])
    #expect(values.map(\.bitPattern) == [0x4001_5d4b, 0xbddd_a09e, 0x3ea5_2dfa, 0x4006_1de4])
    #expect(stream.permutation(8) == [4, 3, 5, 6, 7, 2, 0, 1])
  }
}

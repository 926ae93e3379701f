import CoppiceTensors
import Testing

@Suite struct SymmetricCodeTests {
  @Test func codesOfEightBits() {
    let code = SymmetricCode(of: [-0.5, 0, 0.25, 1][...], bits: 8)
    #expect(code.scale == Float(1) / 127)
    #expect([-0.5, 0, 0.25, 1].map(code.code) == [-64, 0, 32, 127])
    // −63.5 and 31.75: halves go to the even neighbour.
    #expect(SymmetricCode(scale: 2, bits: 8).code(5) == 2 && SymmetricCode(scale: 2, bits: 8).code(7) == 4)
    #expect(
      SymmetricCode(scale: 2, bits: 8).code(-5) == -2 && SymmetricCode(scale: 2, bits: 8).code(-7) == -4)
    #expect(SymmetricCode(scale: 1, bits: 8).code(1e30) == 127)
    #expect(SymmetricCode(scale: 1, bits: 8).code(-.infinity) == -127)
  }

  @Test func codesOfFourBits() {
    let code = SymmetricCode(of: [-3.5, 0.2, 1.75][...], bits: 4)
    #expect(code.scale == 0.5 && code.limit == 7)
    #expect([-3.5, 0.2, 1.75, 9].map(code.code) == [-7, 0, 4, 7])
  }

  @Test func rowsWithoutNumbersAndTinyOnesHaveSoundScales() {
    #expect(SymmetricCode(of: [0, -0.0][...], bits: 8).scale == 1)
    #expect(SymmetricCode(of: [][...], bits: 8).scale == 1)
    for tiny in [Float.leastNonzeroMagnitude, 0x1p-140, .leastNormalMagnitude, 1e-36] {
      let code = SymmetricCode(of: [tiny, -tiny][...], bits: 8)
      #expect(code.scale >= .leastNormalMagnitude)
      #expect(code.nearest(tiny).isFinite)
    }
    let large = SymmetricCode(of: [Float(1e38)][...], bits: 8)
    #expect(large.nearest(1e38) > 0.99e38 && large.nearest(1e38).isFinite)
  }

  @Test func zeroStaysZeroAndNaNStaysNaN() {
    let code = SymmetricCode(largest: 3, bits: 8)
    #expect(code.nearest(0).bitPattern == 0 && code.nearest(-0.0).bitPattern == 0)
    // What is rounded to 0 from below is +0 as well.
    #expect(code.nearest(-1e-6).bitPattern == 0)
    #expect(code.nearest(.nan).isNaN)
  }

  /// Over scales of all mantissas near powers of two and drawn ones, in both numbers of bits.
  @Test(arguments: [4, 8]) func quantisingTwiceChangesNothing(bits: Int) {
    var random = RandomStream(seed: 3, stream: .mask)
    func number() -> Float {
      let bits = UInt32(truncatingIfNeeded: random.integer(below: 1 << 23))
      let exponent = UInt32(random.integer(below: 252)) + 1
      let sign = UInt32(random.integer(below: 2)) << 31
      return Float(bitPattern: sign | exponent << 23 | bits)
    }
    for round in 0..<20_000 {
      let largest = round < 2000 ? Float(bitPattern: 0x3f7f_fc00 + UInt32(round)) : number().magnitude
      let code = SymmetricCode(largest: largest, bits: bits)
      var row = (0..<6).map { _ in largest * (2 * random.uniform() - 1) }
      row.append(round % 2 == 0 ? largest : -largest)
      let once = row.map(code.nearest)
      let again = SymmetricCode(of: once[...], bits: bits)
      #expect(again == code)
      #expect(once.map(again.nearest) == once)
      #expect(once.map(again.code) == row.map(code.code))
    }
  }
}

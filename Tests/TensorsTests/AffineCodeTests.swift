import CoppiceTensors
import Testing

@Suite struct AffineCodeTests {
  @Test func theExampleOfFourNumbers() {
    let code = AffineCode(below: 0.5, above: 1)
    #expect(code.scale == 0.00588235294 && code.zero == 85)
    #expect([-0.5, 0, 0.25, 1].map(code.code) == [0, 85, 127, 255])
    let back = [-0.5, 0, 0.25, 1].map(code.nearest)
    #expect(back[1].bitPattern == 0)
    for (found, wanted) in zip(back, [-0.5, 0, 0.247059, 1] as [Float]) {
      #expect((found - wanted).magnitude < 1e-6)
    }
    #expect(back.map(code.nearest) == back)
  }

  @Test func rangesOfOneSideAndOfNone() {
    #expect(AffineCode(below: 0, above: 2.55).zero == 0)
    #expect(AffineCode(below: 2.55, above: 0).zero == 255)
    #expect(AffineCode(below: 0, above: 0) == AffineCode(scale: 1, zero: 0))
    // A range that 0 is outside of is widened to it.
    #expect(AffineCode(below: -3, above: 5.1) == AffineCode(below: 0, above: 5.1))
    #expect(AffineCode(below: 0, above: .leastNonzeroMagnitude).scale == .leastNormalMagnitude)
    let large = AffineCode(below: .greatestFiniteMagnitude, above: .greatestFiniteMagnitude)
    #expect(large.scale.isFinite && [127, 128].contains(large.zero))
  }

  @Test func whatLiesOutsideIsHeldAtTheEnds() {
    let code = AffineCode(below: 1, above: 1.55)
    #expect(code.zero == 100)
    #expect(code.code(-.infinity) == 0 && code.code(-1e30) == 0)
    #expect(code.code(.infinity) == 255 && code.code(1.56) == 255)
    #expect(code.nearest(.nan).isNaN)
    // Halves go to the even quotient, whatever the zero point is.
    #expect(AffineCode(scale: 2, zero: 3).code(5) == 5 && AffineCode(scale: 2, zero: 3).code(7) == 7)
  }

  @Test func everyCodeIsItsOwn() {
    for code in [
      AffineCode(below: 0.5, above: 1), AffineCode(below: 0, above: 3e-7), .init(scale: 0.1, zero: 255),
    ] {
      for byte in UInt8.min...UInt8.max { #expect(code.code(code.value(of: byte)) == byte) }
      #expect(code.value(of: code.zero).bitPattern == 0)
    }
  }
}

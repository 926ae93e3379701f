import CoppiceTensors
import Testing

@Suite struct StudentTailTests {
  /// SciPy's numbers, see Tests/Reference/outputs.py.
  @Test(
    arguments: [
      (0.0, 3.0, 1.0), (0.1, 1.0, 0.936548965138893), (1.0, 1.0, 0.5), (2.5, 2.0, 0.12961172022151082),
      (4.302652729911275, 2.0, 0.04999999999651663), (-3.2, 3.7, 0.036740160709560016),
      (12.0, 4.25, 0.00019438642552906005), (0.7, 58.3, 0.4867112902706623),
      (40.0, 2.0, 0.0006244146721847406), (5.0, 200.5, 1.2479493819344862e-06),
    ])
  func isThatOfSciPy(t: Double, freedom: Double, tail: Double) {
    let found = StudentTail.twoSided(t, degreesOfFreedom: freedom)
    #expect(abs(found - tail) <= 1e-11 * tail, "\(found)")
    if t > 0 {
      let quantile = StudentTail.quantile(twoSided: tail, degreesOfFreedom: freedom)
      #expect(abs(quantile - t) <= 1e-9 * t, "\(quantile)")
    }
  }

  @Test func endsAreKnown() {
    #expect(StudentTail.twoSided(.infinity, degreesOfFreedom: 3) == 0)
    #expect(StudentTail.twoSided(1, degreesOfFreedom: 0).isNaN)
    #expect(StudentTail.twoSided(.nan, degreesOfFreedom: 2).isNaN)
    #expect(StudentTail.quantile(twoSided: 1, degreesOfFreedom: 2).isNaN)
  }
}

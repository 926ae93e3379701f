import CoppiceReporting
import Testing

@Suite struct AxisScaleTests {
  @Test func linearPositions() {
    let scale = AxisScale(.linear, limits: 0...10, start: 100, end: 0)
    #expect(scale.position(0) == 100)
    #expect(scale.position(2.5) == 75)
    #expect(scale.position(.nan) == nil)
    #expect(AxisScale(.linear, limits: 3...3, start: 0, end: 10).position(3) == 5)
  }

  @Test func logarithmicPositionsMakeEqualRatiosEqualDistances() throws {
    let scale = AxisScale(.logarithmic, limits: 0.01...1, start: 200, end: 0)
    #expect(abs(try #require(scale.position(0.1)) - 100) < 1e-10)
    #expect(scale.position(1) == 0)
    #expect(scale.position(0) == nil)
    #expect(scale.position(-1) == nil)
  }

  @Test(arguments: [
    (0.9321...0.9846, 7, [0.94, 0.95, 0.96, 0.97, 0.98]), (0.0...100.0, 6, [0, 20, 40, 60, 80, 100]),
    (-3.0...4.0, 8, [-3, -2, -1, 0, 1, 2, 3, 4]),
    (0.0...12_300.0, 7, [0, 2000, 4000, 6000, 8000, 10000, 12000]),
  ])
  func linearTicksAreRound(limits: ClosedRange<Double>, count: Int, expected: [Double]) {
    #expect(AxisScale(.linear, limits: limits, start: 0, end: 1).roundTicks(count: count) == expected)
  }

  @Test func logarithmicTicksThinToDecades() {
    let narrow = AxisScale(.logarithmic, limits: 0.02...1, start: 0, end: 1)
    #expect(narrow.roundTicks(count: 8) == [0.02, 0.05, 0.1, 0.2, 0.5, 1])
    let wide = AxisScale(.logarithmic, limits: 1e-4...1, start: 0, end: 1)
    #expect(wide.roundTicks(count: 8) == [1e-4, 1e-3, 1e-2, 0.1, 1])
  }
}

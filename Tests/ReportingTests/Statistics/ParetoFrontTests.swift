import CoppiceReporting
import Testing

@Suite struct ParetoFrontTests {
  /// By the definition, each point against every other.
  private static func beaten(
    _ points: [(Double, Double)], _ lower: (Bool, Bool)
  ) -> [Int] {
    func isAtLeastAsGood(_ a: Double, _ b: Double, _ lower: Bool) -> Bool { lower ? a <= b : a >= b }
    return points.indices.filter { place in
      let point = points[place]
      guard point.0.isFinite, point.1.isFinite else { return false }
      return !points.contains { other in
        other.0.isFinite && other.1.isFinite
          && isAtLeastAsGood(other.0, point.0, lower.0) && isAtLeastAsGood(other.1, point.1, lower.1)
          && other != point
      }
    }
  }

  /// Points on a small grid, so that many are equal in one quantity or in both; some are missing.
  @Test(arguments: [(true, false), (false, false), (true, true), (false, true)])
  func isThatOfTheDefinition(lower: (Bool, Bool)) {
    var state: UInt64 = 1
    func random(_ bound: UInt64) -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = (state >> 33) % bound
      return value == bound - 1 ? .nan : Double(value)
    }
    for count in 0..<60 {
      let points = (0..<count).map { _ in (random(9), random(7)) }
      #expect(
        ParetoFront.places(points, lowerIsBetter: lower) == Self.beaten(points, lower), "\(points)")
    }
  }

  @Test func equalPointsAreOnItTogether() {
    #expect(ParetoFront.places([(2, 1), (1, 1), (1, 1), (1, 0)], lowerIsBetter: (true, false)) == [1, 2])
    #expect(ParetoFront.places([], lowerIsBetter: (true, false)) == [])
  }
}

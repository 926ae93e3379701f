import CoppiceReporting
import Testing

@Suite struct RankCorrelationTests {
  /// Numbers of NumPy: the correlation of ranks of which equal values share the mean.
  @Test(arguments: [
    ([1.0, 2, 3, 4, 5], [5.0, 6, 7, 8, 7], 0.8207826816681233),
    ([1.0, 2, 2, 3, 10, 10, 10, 4], [0.5, 1, 3, 2, 8, 9, 7, 7], 0.9138588624268932),
    ([3.0, 1, 2], [1.0, 2, 3], -0.5),
  ])
  func coefficients(a: [Double], b: [Double], expected: Double) throws {
    let found = RankCorrelation(Array(zip(a, b)))
    #expect(found.count == a.count)
    #expect(abs(try #require(found.coefficient) - expected) < 1e-15)
  }

  @Test func onlyTheOrderCounts() {
    let pairs = [(1.0, 3.0), (2, 1), (5, 4), (9, 2)]
    #expect(
      RankCorrelation(pairs).coefficient == RankCorrelation(pairs.map { ($0 * $0, 100 * $1) }).coefficient)
    #expect(RankCorrelation(pairs.map { ($0.0, 7 * $0.0) }).coefficient == 1)
    #expect(RankCorrelation(pairs.map { ($0.0, -$0.0) }).coefficient == -1)
  }

  @Test func whatCannotBeRankedIsLeftOut() {
    #expect(RankCorrelation([(1, 2), (.nan, 5), (2, .infinity), (3, 4)]).count == 2)
    #expect(RankCorrelation([(1, 1), (2, 1)]).coefficient == nil)
    #expect(RankCorrelation([(1, 1)]).coefficient == nil)
    #expect(RankCorrelation([]).coefficient == nil)
  }
}

import CoppiceReporting
import Testing

@Suite struct SignTestTests {
  private func test(_ positive: Int, _ negative: Int) -> SignTest {
    SignTest([Double](repeating: 0.5, count: positive) + [Double](repeating: -2, count: negative))
  }

  /// Numbers of SciPy's binomial test, see Tests/Reference/reporting_statistics.py.
  @Test(arguments: [
    (0, 0, 1.0), (1, 0, 1.0), (3, 0, 0.25), (5, 1, 0.21875), (1, 5, 0.21875), (6, 6, 1.0), (7, 6, 1.0),
    (20, 8, 0.03569813817739487), (120, 80, 0.005685155996750306), (1200, 1100, 0.03896685268382023),
  ])
  func probabilitiesAreThoseOfSciPy(positive: Int, negative: Int, p: Double) {
    let found = test(positive, negative)
    #expect((found.positive, found.negative) == (positive, negative))
    #expect(abs(found.p - p) < 1e-12)
  }

  @Test func zerosAndWhatIsNotFiniteAreLeftOut() {
    let found = SignTest([0, -0.0, .nan, .infinity, 1, 2, -3])
    #expect((found.positive, found.negative) == (2, 1))
  }

  /// Of any number of differences, all on one side give the least p there is.
  @Test func theLeastIsThatOfTheSignedRankTest() {
    for count in 1...20 { #expect(test(count, 0).p == min(1, SignedRankTest.leastP(count))) }
  }
}

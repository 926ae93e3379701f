import CoppiceTensors
import Testing

@Suite struct HolmCorrectionTests {
  /// Numbers of statsmodels, see Tests/Reference/reporting_statistics.py.
  @Test(arguments: [
    ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]), ([0.2, 0.2, 0.01], [0.4, 0.4, 0.03]),
    ([0.5], [0.5]), ([0.001, 0.9, 0.02, 0.02, 0.3], [0.005, 0.9, 0.08, 0.08, 0.6]), ([], []),
  ])
  func probabilitiesAreThoseOfStatsmodels(p: [Double], expected: [Double]) {
    let found = HolmCorrection.corrected(p)
    #expect(found.count == expected.count)
    for (one, other) in zip(found, expected) { #expect(abs((one ?? .nan) - other) < 1e-15) }
  }

  @Test func whatWasNotTestedIsNoneOfTheFamily() {
    #expect(HolmCorrection.corrected([0.01, nil, 0.02, .nan]) == [0.02, nil, 0.02, nil])
  }
}

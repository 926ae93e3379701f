import CoppiceReporting
import Testing

@Suite struct DifferenceVerdictTests {
  private func difference(_ values: [Double]) -> PairedDifference {
    PairedDifference(
      treatment: Dictionary(uniqueKeysWithValues: values.enumerated().map { ($0, $1) }),
      reference: Dictionary(uniqueKeysWithValues: values.indices.map { ($0, 0.0) }))
  }

  private func words(_ values: [Double], correctedP p: Double? = nil) -> String {
    DifferenceVerdict(difference(values), correctedP: p).words(values.count)
  }

  @Test func threePairsSayLittle() {
    #expect(
      words([0.5, 0.25, 0.75])
        == "not distinguishable at n = 3 (no exact test of 3 pairs gives p below 0.25)")
    #expect(
      words([0.5, 0.51, 0.49])
        == "higher by the t test alone at n = 3 (no exact test of 3 pairs gives p below 0.25)")
    #expect(words([-0.5, -0.51, -0.49]).hasPrefix("lower by the t test alone at n = 3 ("))
    #expect(words([0.5]) == "one pair, whose spread is not known")
    #expect(words([]) == "no pairs")
    #expect(words([0, 0, 0]) == "equal in every pair, n = 3")
  }

  @Test func fromSixPairsOnBothTestsMustAgree() {
    #expect(words([1.1, 2.3, 0.4, 3.2, 0.9, 1.7]) == "higher at n = 6")
    #expect(words([1.1, 2.3, 0.4, 3.2, 0.9, 1.7].map(-)) == "lower at n = 6")
    // The t test alone says 0.034, the signed-rank test 0.0625.
    #expect(words([1.1, 2.3, -0.4, 3.2, 0.9, 1.7]) == "not distinguishable at n = 6")
  }

  @Test func whatHolmCorrectsCounts() {
    #expect(words([1.1, 2.3, 0.4, 3.2, 0.9, 1.7], correctedP: 0.06) == "not distinguishable at n = 6")
  }
}

import CoppiceReporting
import Testing

@Suite struct SignedRankTestTests {
  @Test(arguments: [
    ([1.1, 2.3, -0.4, 3.2, 0.9, 1.7], 0.0625), ([1.1, 2.3, 0.4, 3.2, 0.9, 1.7], 0.03125),
    ([-1.5, 2.5, 0.5, 3.5, -4.5, 5.5, 6.5, 7.25, -8.125, 9.0625], 0.275390625),
  ])
  func pIsThatOfSciPy(differences: [Double], p: Double) {
    #expect(SignedRankTest(differences).p == p)
  }

  /// All 2⁷ sign patterns, counted one by one, with the ranks that equal magnitudes share.
  @Test func equalMagnitudesShareTheirRanks() {
    let differences = [1.0, -1, 2, 2, 3, -3, 4]
    let ranks = [1.5, 1.5, 3.5, 3.5, 5.5, 5.5, 7]
    let observed = zip(differences, ranks).reduce(0) { $0 + ($1.0 > 0 ? $1.1 : 0) }
    let farther = (0..<128).count { pattern in
      let sum = ranks.enumerated().reduce(0) { $0 + (pattern >> $1.offset & 1 == 1 ? $1.element : 0) }
      return abs(sum - 14) >= abs(observed - 14)
    }
    #expect(SignedRankTest(differences).p == Double(farther) / 128)
  }

  @Test func zerosAndWhatIsMissingAreLeftOut() {
    let test = SignedRankTest([0, 1, .nan, 2, .infinity, 3])
    #expect(test.count == 3)
    #expect(test.p == 0.25)
    #expect(SignedRankTest([]).p == 1)
    #expect(SignedRankTest([0, 0]).p == 1)
  }

  @Test func saysWhatSoManyCanReach() {
    #expect(SignedRankTest.leastP(6) == 0.03125)
    #expect(SignedRankTest.leastP(3) == 0.25)
    #expect(SignedRankTest((1...40).map(Double.init)).p == SignedRankTest.leastP(40))
  }
}

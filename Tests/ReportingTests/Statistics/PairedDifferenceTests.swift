import CoppiceReporting
import Testing

@Suite struct PairedDifferenceTests {
  private func difference(_ values: [Double]) -> PairedDifference {
    PairedDifference(
      treatment: Dictionary(uniqueKeysWithValues: values.enumerated().map { ($0, $1) }),
      reference: Dictionary(uniqueKeysWithValues: values.indices.map { ($0, 0.0) }))
  }

  /// Numbers of SciPy, see Tests/Reference/reporting_statistics.py.
  @Test(arguments: [
    (
      [0.0022, -0.0003, 0.0021, 0.0006, 0.0034], 0.06968520003007991, 0.375, 1.1001826626760465,
      0.0018057568661314235
    ),
    (
      [1.1, 2.3, -0.4, 3.2, 0.9, 1.7], 0.03393897657879541, 0.21875, 1.1823856466680247, 1.3017514853845256
    ),
    ([0.5, 0.25, 0.75], 0.07417990022744854, 0.25, 2.0, 0.6210344279375826),
    (
      [-1.5, 2.5, 0.5, 3.5, -4.5, 5.5, 6.5, 7.25, -8.125, 9.0625], 0.2642133244858717, 0.34375,
      0.37654475711424046, 3.9301957370709726
    ),
    (
      [-0.02, -0.021, -0.019, -0.0205, -0.0198, -0.0203, -0.0211], 4.234218111571339e-10, 0.015625,
      -27.818202485368406, 0.0006729953300263731
    ),
    ([1.0, -1.0], 1.0, 1.0, 0.0, 12.706204736174694),
  ])
  func testsAreThoseOfSciPy(
    values: [Double], t: Double, sign: Double, effect: Double, halfWidth: Double
  ) throws {
    let paired = difference(values)
    #expect(abs(try #require(paired.tTestP) - t) < 1e-14)
    #expect(paired.signTest.p == sign)
    #expect(abs(try #require(paired.effectSize) - effect) < 1e-12)
    #expect(abs(try #require(paired.sample.confidenceHalfWidth) - halfWidth) < 1e-12 * max(1, halfWidth))
  }

  @Test func withoutSpreadThereIsNoEffectSize() {
    #expect(difference([0.5, 0.5, 0.5]).tTestP == 0)
    #expect(difference([0.5, 0.5, 0.5]).effectSize == nil)
    #expect(difference([0, 0, 0]).tTestP == 1)
    #expect(difference([0, 0, 0]).t == nil)
    #expect(difference([0.5]).tTestP == nil)
    #expect(difference([]).tTestP == nil)
  }

  @Test func aPairIsOneOfTheSameSeed() {
    let paired = PairedDifference(treatment: [1: 5, 2: 7, 3: .nan], reference: [2: 4, 3: 1, 9: 2])
    #expect(paired.sample.values == [3])
    #expect(paired.sample.countText == "1/4")
  }
}

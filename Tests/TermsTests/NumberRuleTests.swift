import CoppiceTerms
import Testing

@Suite struct NumberRuleTests {
  @Test(arguments: [
    (NumberRule<Double>.positive, [1e-30, 1, 3e38]), (.nonNegative, [0, -0.0, 5e-324, 1]),
    (.share, [0, 0.999]),
    (.rate, [5e-324, 0.2]), (.number(), [-1e300, 0, 1e300]), (.number(in: 0...1), [0, 1]),
  ])
  func keep(rule: NumberRule<Double>, numbers: [Double]) {
    for number in numbers { #expect(rule.isKept(by: number), "\(number) is \(rule.words)") }
  }

  @Test(arguments: [
    (NumberRule<Double>.positive, [0, -1, 1e39, 1e-300]), (.nonNegative, [-1, 1e300]), (.share, [1, -1]),
    (.rate, [0, 1, -0.0]), (.number(), []), (.number(in: 0...1), [-0.1, 1.1]),
  ])
  func refuse(rule: NumberRule<Double>, numbers: [Double]) {
    for number in numbers + [.nan, .infinity, -.infinity] {
      #expect(!rule.isKept(by: number), "\(number) is not \(rule.words)")
    }
  }

  @Test func wholeNumbers() {
    #expect(
      [0, 65_537, .max, .min].allSatisfy { !NumberRule.count.isKept(by: $0) }
        && NumberRule.count.isKept(by: 65_536))
    #expect(!NumberRule.depth.isKept(by: 1_001) && NumberRule.rounds.isKept(by: 1_000))
    #expect(NumberRule.someExamples.isKept(by: 0) && !NumberRule.examples.isKept(by: 0))
    #expect(NumberRule<Int>.whole().isKept(by: .min) && NumberRule.count.words == "a whole number in 1…65536")
  }
}

import CoppiceReporting
import Testing

@Suite struct NumberTextTests {
  @Test func fixedRoundsTheExactBinaryValue() {
    // 0.285 and 1.005 lie below their decimal text, 0.125 and 2.5 are ties.
    #expect(NumberText.fixed(0.285, decimals: 2) == "0.28")
    #expect(NumberText.fixed(1.005, decimals: 2) == "1.00")
    #expect(NumberText.fixed(0.125, decimals: 2) == "0.13")
    #expect(NumberText.fixed(2.5, decimals: 0) == "3")
    #expect(NumberText.fixed(-2.5, decimals: 0) == "-3")
    #expect(NumberText.fixed(98.04, decimals: 2) == "98.04")
    #expect(NumberText.fixed(0.049999, decimals: 1) == "0.0")
    #expect(NumberText.fixed(-0.049, decimals: 1) == "0.0")
    #expect(NumberText.fixed(999.995, decimals: 2) == "1000.00")
  }

  @Test func whatIsNoNumberIsNamed() {
    #expect(NumberText.fixed(.nan, decimals: 2) == "nan")
    #expect(NumberText.fixed(-.infinity, decimals: 2) == "-inf")
    #expect(NumberText.fixed(1e300, decimals: 2) == "1e+300")
  }

  @Test func trailingZerosGo() {
    #expect(NumberText.trimmed(51.2, decimals: 2) == "51.2")
    #expect(NumberText.trimmed(100, decimals: 2) == "100")
    #expect(NumberText.trimmed(100, decimals: 0) == "100")
    #expect(NumberText.trimmed(-0.001, decimals: 2) == "0")
  }

  @Test func longNumbersAreGrouped() {
    #expect(NumberText.grouped(5000) == "5000")
    #expect(NumberText.grouped(50000) == "50\u{2009}000")
    #expect(NumberText.grouped(-1234567) == "-1\u{2009}234\u{2009}567")
  }

  @Test func exactReadsBack() {
    #expect(NumberText.exact(5900) == "5900")
    #expect(NumberText.exact(0.1) == "0.1")
    #expect(Double(NumberText.exact(0.1 + 0.2)) == 0.1 + 0.2)
  }

  @Test func textWrapsAtSpaces() {
    #expect(TextWidth.wrap("one two three", size: 10, width: 45) == ["one two", "three"])
    #expect(TextWidth.wrap("unbreakable", size: 10, width: 5) == ["unbreakable"])
    #expect(TextWidth.wrap("", size: 10, width: 5).isEmpty)
    #expect(abs(TextWidth.of("iW", size: 10) - (2.78 + 9.89)) < 1e-12)
  }
}

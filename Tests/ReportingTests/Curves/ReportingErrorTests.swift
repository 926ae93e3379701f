import CoppiceReporting
import CoppiceTerms
import Testing

@Suite struct ReportingErrorTests {
  @Test(arguments: [
    (ReportingError.noRows, FailureCode.badData), (.noValues("a"), .badData),
    (.twiceTheSameTrial("a", "b"), .badData), (.unknownColumn("a", known: []), .usage),
    (.notNumeric("a"), .usage), (.severalTrialsInOnePoint(by: [], differing: "a"), .usage),
    (.severalTrialsOfASide("a", differing: "b", []), .usage), (.nothingPaired(["a", "b"], by: []), .usage),
    (.mixedCell("a", "split", ["b", "c"]), .usage),
    (.unreadableExpression(nil, place: 1, reason: "a"), .usage),
  ])
  func endsWithTheDocumentedCode(error: ReportingError, code: FailureCode) { #expect(error.exitCode == code) }
}

import CoppiceReporting
import CoppiceTerms
import Testing

@Suite struct ReportingErrorTests {
  @Test(arguments: [
    (ReportingError.noRows, FailureCode.badData), (.noValues("a"), .badData),
    (.twiceTheSameTrial("a", "b"), .badData), (.unknownColumn("a", known: []), .usage),
    (.notNumeric("a"), .usage), (.severalTrialsInOnePoint(by: [], differing: "a"), .usage),
  ])
  func endsWithTheDocumentedCode(error: ReportingError, code: FailureCode) { #expect(error.exitCode == code) }
}

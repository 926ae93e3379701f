import CoppiceTerms
import Testing

@Suite struct ReportedErrorTests {
  @Test func codesAreTheDocumentedOnes() {
    #expect(FailureCode.allCases.map(\.rawValue) == [1, 64, 65, 66, 69, 74, 75, 130])
  }

  @Test func textsThatSomeoneWroteAreUsage() {
    let errors: [any ReportedError] = [
      ComponentError.unknown("tree", "elm", known: []), SpecificationError.repeatedField("a", of: "b"),
      BudgetError.unreadable("x"),
    ]
    #expect(errors.allSatisfy { $0.exitCode == .usage })
  }
}

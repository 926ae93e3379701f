import CoppiceTerms
import Testing

@Suite struct SpecificationErrorTests {
  @Test(arguments: [
    (
      SpecificationError.unreadable("a(b)", at: 3, expected: "a colon after b"),
      "\"a(b)\" cannot be read: a colon after b is missing at character 4; "
        + "write it as name(field: value, field: [value, value])"
    ),
    (
      .unknownField("round", of: "iterative", nearest: "rounds", known: ["rounds"]),
      "iterative has no field named \"round\"; did you mean \"rounds\"? There are: rounds"
    ),
    (
      .unknownField("x", of: "iterative", nearest: nil, known: ["rounds"]),
      "iterative has no field named \"x\". There are: rounds"
    ),
    (
      .unknownField("x", of: "magnitude", nearest: nil, known: []),
      "magnitude has no field named \"x\"; it has none"
    ),
    (.repeatedField("rounds", of: "iterative"), "iterative has two fields named \"rounds\""),
    (
      .missingField("rounds", of: "iterative", expected: "a whole number"),
      "iterative needs rounds: write iterative(rounds: …) with a whole number"
    ),
    (
      .wrongField("rounds", of: "iterative", found: "two", expected: "a whole number"),
      "rounds of iterative is two, but must be a whole number"
    ),
  ])
  func saysWhatWhereAndTheNextStep(error: SpecificationError, sentence: String) {
    #expect(error.description == sentence)
    #expect(ComponentError.specification(error).description == sentence)
    #expect(error.exitCode == .usage)
  }
}

import CoppiceTerms
import CoppiceTestSupport
import Testing

/// Damaged texts: a text is read or refused.
@Suite struct FuzzingTests {
  @Test func specificationsAreReadOrRefused() throws {
    let mutator = Mutator(
      try Corpus.lines("specifications"),
      words: ["(", ")", "[", "]", ": ", ", ", "()", "[[[[[[[[[[", "true", "\u{0}"])
    let answers = try Fuzzing("specifications").run(mutator) { bytes in
      let read = try Specification(parsing: String(decoding: bytes, as: UTF8.self))
      // What was read is printed so that it reads as the same.
      let again = try Specification(parsing: read.description)
      #expect(again.description == read.description)
    }
    #expect(answers.refused > 0 && answers.refused < answers.read)
  }

  @Test func budgetsAreReadOrRefused() throws {
    let mutator = Mutator(try Corpus.lines("budgets"), words: ["it", "ep", ".", "e", "-"])
    let answers = try Fuzzing("budgets").run(mutator) { bytes in
      let budget = try Budget(parsing: String(decoding: bytes, as: UTF8.self))
      #expect(try Budget(parsing: "\(budget)") == budget)
      for (epoch, total) in [(1, 1), (1_000_000_000, 1_000_000_000_000)] {
        #expect(try budget.iterations(perEpoch: epoch, of: total) >= 0)
      }
    }
    #expect(answers.refused > 0 && answers.refused < answers.read)
  }

  @Test func jsonIsReadOrRefused() throws {
    let mutator = Mutator(
      try Corpus.files("json") + Corpus.files("bench"),
      words: ["{", "}", "[", "]", "\"", "\\", "\\u", "null", "[[[[[[[["])
    let answers = try Fuzzing("json").run(mutator) { bytes in
      guard let json = JSON(parsing: String(decoding: bytes, as: UTF8.self)) else { throw NotJSON() }
      // What was read is written so that it reads as the same.
      #expect(JSON(parsing: json.text)?.text == json.text)
      _ = json.specificationValue.description
    }
    #expect(answers.refused > 0 && answers.refused < answers.read)
  }

  private struct NotJSON: Error {}
}

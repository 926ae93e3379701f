import CoppiceReporting
import CoppiceStore
import Testing

@Suite struct RowExpressionTests {
  private let tags = RowColumn("tags") { .text($0.seed == 0 ? "good first" : "") }

  /// The rows of seed 0 and 1 that meet an expression, `criterion target seed`.
  private func met(_ text: String) throws -> [String] {
    let rows = IndexRows.grid().filter { $0.seed < 2 }
    let bound = try RowExpression(parsing: text).bound(to: rows, beside: [tags])
    return rows.filter(bound.isMet).map { "\($0.criterion) \($0.targetSparsity) \($0.seed)" }
  }

  @Test func comparisonsAndTheirJunctions() throws {
    #expect(try met(#"criterion == "random" && target_sparsity > 0.5"#) == ["random 0.8 0", "random 0.8 1"])
    #expect(try met(#"criterion=='random'&&target_sparsity>50%&&seed=1"#) == ["random 0.8 1"])
    #expect(try met(#"criterion == "none" || seed == 1 && target_sparsity == 0.8"#).count == 4)
    #expect(try met(#"(criterion == "none" || seed == 1) && target_sparsity == 0.8"#).count == 2)
    #expect(try met(#"!(criterion in ["magnitude", "random"])"#) == ["none 0.0 0", "none 0.0 1"])
    #expect(try met(#"!!final && seed < 1 && criterion != "none""#).count == 4)
    #expect(try met("target_sparsity <= 0.50001 && target_sparsity >= 0.5 && seed != 0").count == 2)
    #expect(try met("true").count == 10 && met("false").isEmpty)
    #expect(try met("final == true").count == 10 && met("ladder").isEmpty)
    #expect(try met("0.5 < target_sparsity").count == 4)
  }

  @Test func textsAndWords() throws {
    #expect(try met(#"trial ~ "random" && seed == 0"#).count == 2)
    #expect(try met(#""good" in tags"#).count == 5 && met(#""goo" in tags"#).isEmpty)
    #expect(try met(#"tags && criterion == "none""#) == ["none 0.0 0"])
    #expect(try met(#"tags == """#).count == 5)
    #expect(try met(#"learning_rate == "0.1""#).count == 10)
    #expect(try met(#"criterion == "ran\dom""#).count == 4)
  }

  /// Of what is not there nothing can be said, but that it is not equal.
  @Test func whatHasNoValue() throws {
    #expect(try met("latency > 0 || latency <= 0 || latency == 0").isEmpty)
    #expect(try met("latency != 0").count == 10)
    #expect(try met("rewind_step == 1").isEmpty && met("!rewind_step").count == 10)
  }

  @Test(arguments: [
    ("criterion ==", 13, "a value is missing"), ("(seed == 1", 11, "a parenthesis is not closed"),
    (#"criterion == "snip"#, 14, "has no end"), ("seed == 1 criterion == 2", 11, "&& or || stands between"),
    ("seed == 1.2.3", 9, "is no number"), (#"criterion < "a""#, 13, "compares numbers"),
    ("seed in [1, 2", 14, "a list ends with ]"), ("seed in 3", 10, "a list in brackets"),
    (#""a""#, 1, "a text alone"), ("3", 1, "a number alone"), ("&& seed", 1, "a value stands here"),
    ("", 1, "a value is missing"),
  ])
  func whatCannotBeReadIsSaidWithItsPlace(text: String, place: Int, reason: String) {
    #expect {
      try RowExpression(parsing: text)
    } throws: { error in
      guard case .unreadableExpression(text, place, let found)? = error as? ReportingError else {
        Issue.record("\(error)")
        return false
      }
      return found.contains(reason)
    }
  }

  @Test func aColumnThatIsNotThereHasANearest() throws {
    let expression = try RowExpression(parsing: "seed == 1 && kriterion == 2")
    #expect {
      try expression.bound(to: IndexRows.grid())
    } throws: { error in
      "\(error)".contains("letter 14: there is no column \"kriterion\"; did you mean \"criterion\"?")
    }
    #expect {
      try met("seed == 1 || criterion")
    } throws: { "\($0)".contains("letter 14: criterion holds texts, and is no condition alone") }
    #expect {
      try met("criterion == snip")
    } throws: { "\($0)".contains("A text stands in quotes, as \"snip\"") }
  }

  @Test func depthIsBounded() {
    let deep = String(repeating: "(", count: 5_000) + "seed" + String(repeating: ")", count: 5_000)
    #expect(throws: ReportingError.self) { try RowExpression(parsing: deep) }
    #expect(throws: ReportingError.self) {
      try RowExpression(parsing: String(repeating: "!", count: 5_000) + "seed")
    }
    let long = [String](repeating: "seed == 1", count: 5_000).joined(separator: " || ")
    #expect(throws: Never.self) { try met(long) }
  }
}

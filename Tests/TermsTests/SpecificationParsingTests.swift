import CoppiceTerms
import Testing

@Suite struct SpecificationParsingTests {
  @Test(arguments: [
    "magnitude", "iterative(rounds: 5)", "layer-wise(output: 0.5, ignoring: [fc3, block.0])",
    "a(b: c(d: [1, 2.5, [true]], e: -3), f: false, g: 5000it)", "a(b: [])",
  ])
  func readsWhatIsPrinted(text: String) throws {
    let specification = try Specification(parsing: text)
    #expect(specification.description == text)
    #expect(specification.version == nil)
  }

  @Test func keepsTypes() throws {
    let fields = try Specification(parsing: " a ( b : 1, c:1.0,d: true,e:one ,f:nan)").fields
    #expect(fields.map(\.name) == ["b", "c", "d", "e", "f"])
    #expect(fields.map(\.value) == [.integer(1), .number(1), .flag(true), .text("one"), .text("nan")])
  }

  @Test(arguments: [
    ("", 0, "a name or a value"), ("a(", 2, "a name or a value"), ("a(b)", 3, "a colon after b"),
    ("a(b: 1 c: 2)", 7, "a comma or )"), ("a(b: [1 2])", 8, "a comma or ]"), ("a)", 1, "the end"),
    ("a(b: )", 5, "a name or a value"), ("a(b: -1e-3())", 10, "no bracket behind -1e-3"),
    ("a(b: true(c: 1))", 9, "no bracket behind true"),
  ])
  func saysWhereItStops(text: String, position: Int, expected: String) {
    #expect(throws: SpecificationError.unreadable(text, at: position, expected: expected)) {
      try Specification(parsing: text)
    }
  }
}

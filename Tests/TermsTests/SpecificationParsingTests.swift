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
    ("a(b: )", 5, "a name or a value"),
  ])
  func saysWhereItStops(text: String, position: Int, expected: String) {
    #expect(throws: SpecificationError.unreadable(text, at: position, expected: expected)) {
      try Specification(parsing: text)
    }
  }

  @Test func fieldsAreTakenByNameAndType() throws {
    var reader = SpecificationReader(
      try Specification(parsing: "a(i: 3, n: 2, f: true, l: [x, 1], b: 10ep, r: r(fc1: 1, fc2: 0.5))"))
    #expect(try reader.integer("i") == 3)
    #expect(try reader.number("n") == 2)
    #expect(try reader.flag("f") == true)
    #expect(try reader.texts("l") == ["x", "1"])
    #expect(try reader.budget("b") == .epochs(10))
    #expect(try reader.numbers("r") == ["fc1": 1, "fc2": 0.5])
    #expect(try reader.numbers("s") == [:])
    #expect(try reader.integer("j", default: 9) == 9)
    #expect(throws: Never.self) { try reader.end() }
  }

  @Test func fieldsThatDoNotFit() throws {
    var reader = SpecificationReader(try Specification(parsing: "a(round: 3, i: x, r: [1])"))
    #expect(throws: SpecificationError.missingField("rounds", of: "a", expected: "a whole number")) {
      try reader.integer("rounds")
    }
    #expect(throws: SpecificationError.wrongField("i", of: "a", found: "x", expected: "a whole number")) {
      try reader.integer("i")
    }
    #expect(throws: SpecificationError.self) { try reader.numbers("r") }
    #expect(
      throws: SpecificationError.unknownField(
        "round", of: "a", nearest: "rounds", known: ["rounds", "i", "r"])
    ) { try reader.end() }
  }

  @Test func texts() {
    func expect(_ error: SpecificationError, _ text: String) { #expect(error.description == text) }
    expect(
      .unreadable("a(b)", at: 3, expected: "a colon after b"),
      "\"a(b)\" cannot be read: a colon after b is missing at character 4; "
        + "write it as name(field: value, field: [value, value])")
    expect(
      .unknownField("round", of: "iterative", nearest: "rounds", known: ["rounds"]),
      "iterative has no field round; did you mean rounds?; it has rounds")
    expect(
      .unknownField("x", of: "magnitude", nearest: nil, known: []), "magnitude has no field x; it has none")
    expect(
      .missingField("rounds", of: "iterative", expected: "a whole number"),
      "iterative needs rounds: write iterative(rounds: …) with a whole number")
    expect(
      .wrongField("rounds", of: "iterative", found: "two", expected: "a whole number"),
      "rounds of iterative is two, but must be a whole number")
  }
}

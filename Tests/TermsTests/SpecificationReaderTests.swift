import CoppiceTerms
import Testing

@Suite struct SpecificationReaderTests {
  private func reader(_ text: String) throws -> SpecificationReader {
    SpecificationReader(try Specification(parsing: text))
  }

  @Test func fieldsAreTakenByNameAndType() throws {
    var reader = try reader(
      "a(i: 3, n: 2, f: true, l: [x, 1], b: 10ep, r: r(fc1: 1, fc2: 0.5), c: [1, 2], cc: [[1], []], p: [0, 0.5], "
        + "w: word, s: -1)")
    #expect(try reader.integer("i") == 3)
    #expect(try reader.number("n") == 2)
    #expect(try reader.flag("f") == true)
    #expect(try reader.texts("l") == ["x", "1"])
    #expect(try reader.budget("b") == .epochs(10))
    #expect(try reader.numbers("r") == ["fc1": 1, "fc2": 0.5])
    #expect(try reader.numbers("t") == [:])
    #expect(try reader.counts("c") == [1, 2])
    #expect(try reader.countLists("cc") == [[1], []])
    #expect(try reader.numberList("p") == [0, 0.5])
    #expect(try reader.text("w") == "word")
    #expect(try reader.seed("s") == .max)
    #expect(try reader.integer("j", default: 9) == 9)
    #expect(throws: Never.self) { try reader.end() }
  }

  @Test func defaultsStandInForEveryKind() throws {
    var reader = try reader("a")
    #expect(try reader.flag("x", default: true))
    #expect(try reader.count("x", default: 7) == 7)
    #expect(try reader.seed("x", default: .max) == .max)
    #expect(try reader.positive("x", default: 0.5) == 0.5)
    #expect(try reader.share("x", default: 0.25) == 0.25)
    #expect(try reader.counts("x", default: [1]) == [1])
    #expect(try reader.countLists("x", default: [[2]]) == [[2]])
    #expect(try reader.numberList("x", default: [3]) == [3])
    #expect(try reader.component("x") == nil)
  }

  @Test(arguments: [
    ("a(x: 0)", "x of a is 0, but must be a whole number in 1…5"),
    ("a(x: 6)", "x of a is 6, but must be a whole number in 1…5"),
    ("a(x: 1.0)", "x of a is 1.0, but must be a whole number in 1…5"),
    ("a(x: one)", "x of a is one, but must be a whole number in 1…5"),
    ("a", "a needs x: write a(x: …) with a whole number in 1…5"),
  ])
  func wholeNumbersHaveARange(text: String, sentence: String) throws {
    var fields = try reader(text)
    #expect { try fields.integer("x", in: 1...5) } throws: { "\($0)" == sentence }
  }

  @Test func numbersHaveARange() throws {
    func sentence(_ text: String, _ read: (inout SpecificationReader) throws -> Void) throws -> String {
      var fields = try reader(text)
      do { try read(&fields) } catch { return "\(error)" }
      return ""
    }
    #expect(
      try sentence("a(x: 2.5)") { _ = try $0.number("x", in: 0...2) }
        == "x of a is 2.5, but must be a number in 0…2")
    #expect(try sentence("a(x: 2)") { _ = try $0.number("x", in: 0...2) } == "")
    #expect(
      try sentence("a(x: nan)") { _ = try $0.number("x", in: 0...2) }
        == "x of a is nan, but must be a number in 0…2")
    #expect(
      try sentence("a(x: 0)") { _ = try $0.positive("x") } == "x of a is 0, but must be a number above 0")
    #expect(
      try sentence("a(x: 1)") { _ = try $0.share("x") }
        == "x of a is 1, but must be a number from 0 up to but not including 1")
    #expect(
      try sentence("a(x: 65537)") { _ = try $0.count("x") }
        == "x of a is 65537, but must be a whole number in 1…65536")
    #expect(
      try sentence("a(x: [1, 0])") { _ = try $0.counts("x") }
        == "x of a is [1, 0], but must be a list of whole numbers in 1…65536, as [300, 100]")
    #expect(
      try sentence("a(x: [0.5, 1.5])") { _ = try $0.numberList("x", in: 0...1) }
        == "x of a is [0.5, 1.5], but must be a list of numbers in 0…1 in brackets")
    #expect(
      try sentence("a(x: [[1], 2])") { _ = try $0.countLists("x") }.hasPrefix("x of a is [[1], 2], but"))
  }

  @Test func fieldsThatDoNotFit() throws {
    var reader = try reader("a(round: 3, i: x, r: [1])")
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

  @Test func theOlderSpellingIsRead() throws {
    var old = try reader("a(generatorSeed: 3, b: b(conv1Left: 1))")
    #expect(try old.seed("generator-seed") == 3)
    #expect(try old.component("b")?.fields.first?.name == "conv1Left")
    #expect(throws: Never.self) { try old.end() }
    var both = try reader("a(generatorSeed: 3, generator-seed: 4)")
    #expect(try both.seed("generator-seed") == 4)
    #expect(throws: SpecificationError.repeatedField("generatorSeed", of: "a")) { try both.end() }
    var twice = try reader("a(x: 1, x: 2)")
    #expect(try twice.integer("x") == 1)
    #expect(throws: SpecificationError.repeatedField("x", of: "a")) { try twice.end() }
    // What is meant is always said in today's spelling.
    var wrong = try reader("a(generatorSeed: x)")
    #expect { try wrong.seed("generator-seed") } throws: { "\($0)".hasPrefix("generator-seed of a is x") }
  }
}

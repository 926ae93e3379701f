import CoppiceTerms
import Testing

@Suite struct JSONTests {
  /// Texts put together are what the values together are.
  @Test func anObjectIsMadeOfTheTextsOfItsValues() {
    let values: [(name: String, value: JSON)] = [
      ("a", .integer(-3)), ("a \"quoted\" name\n\u{1b}", .number(5)), ("none", .null), ("flag", .flag(true)),
      ("list", .list([.text("x, y"), .number(1e-5), .number(1e300), .number(-0.0)])),
      ("members", .members([("n", .text("\u{7}é\\")), ("empty", .members([]))])),
    ]
    #expect(JSON.object(ofTexts: values.map { ($0.name, $0.value.text) }) == JSON.object(values))
    #expect(JSON.object(ofTexts: values.prefix(1).map { ($0.name, $0.value.text) }) == #"{"a": -3}"#)
    #expect(JSON.object(ofTexts: [(name: String, text: String)]()) == "{}")
    // What is read of it is the same text again, so that a text may stand for what was read of it.
    #expect(JSON(parsing: JSON.object(values))?.text == JSON.object(values))
  }

  @Test func aMemberIsFoundWithoutReadingWhatFollows() {
    func text(_ json: JSON?) -> String? { json?.text }
    let json = #" {"first": {"name": 1}, "name" : "mine", "name": 2, "last": [1]}"#
    #expect(text(JSON.member("name", of: json)) == #""mine""#)
    #expect(text(JSON.member("last", of: json)) == "[1]")
    #expect(text(JSON.member("first", of: json)) == #"{"name": 1}"#)
    #expect(text(JSON.member("name", of: #"{"name": 7, and so on"#)) == "7")
    for other in ["", "{}", "[]", "{", #"{"other": 1}"#, #"{"name"}"#, #"{"other": 1, "name""#, "name"] {
      #expect(text(JSON.member("name", of: other)) == nil, "\(other)")
    }
  }
}

import CoppiceTerms
import Testing

@Suite struct PrintableTests {
  @Test func controlCharactersAreShown() {
    #expect("\u{1B}[31mred\u{7}\r".printable == "\\u{1B}[31mred\\u{7}\\u{D}")
    // C1 in one scalar, the end of a line that is none, and a turn of the direction of writing.
    #expect("\u{9B}2J\u{2028}\u{202E}txt\u{7F}".printable == "\\u{9B}2J\\u{2028}\\u{202E}txt\\u{7F}")
    // A carriage return is one even where Swift takes it and the line feed for one character.
    #expect("a\r\nb".printable == "a\\u{D}\nb")
  }

  @Test(arguments: ["", "plain", "two\nlines\tand a tabulator", "Größe µs ── … 👍🏽", "e\u{301}"])
  func allElseStays(text: String) { #expect(text.printable == text) }

  /// JSON has a form of its own for them, and stays JSON.
  @Test func jsonEscapesThemItself() throws {
    let text = JSON.text("\u{1B}]0;x\u{7}\u{7F}\u{9B}\u{202E}é").text
    #expect(text == #""\u001b]0;x\u0007\u007f\u009b\u202eé""#)
    #expect(text.printable == text)
    guard case .text(let read)? = JSON(parsing: text) else {
      Issue.record("not read back: \(text)")
      return
    }
    #expect(read == "\u{1B}]0;x\u{7}\u{7F}\u{9B}\u{202E}é")
  }
}

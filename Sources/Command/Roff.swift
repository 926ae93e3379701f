/// Words in the language of manual pages.
enum Roff {
  /// A text that is printed as it is. What is not ASCII is named by its number, which every program for such pages reads.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      case _ where scalar.isASCII: result.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "\\[u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "]"
      }
    }
    return result
  }

  /// A line of text; one that begins as a request does is none.
  static func line(_ text: String) -> String {
    (text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" : "") + escaped(text)
  }

  /// A text in paragraphs. Lines that are indented stand as they are.
  static func paragraphs(_ text: String) -> [String] {
    var lines: [String] = []
    var isExample = false
    for part in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if part.hasPrefix("  ") != isExample {
        isExample.toggle()
        lines += isExample ? [".RS 4", ".nf"] : [".fi", ".RE"]
      }
      let words = String(part.drop { $0 == " " })
      if !words.isEmpty {
        lines.append(line(words))
      } else if lines.last != ".PP", !lines.isEmpty {
        lines.append(".PP")
      }
    }
    if isExample { lines += [".fi", ".RE"] }
    if lines.last == ".PP" { lines.removeLast() }
    return lines
  }

  /// A term, written in the page's language already, and what it means.
  static func entry(_ term: String, _ text: String) -> [String] {
    [".TP", term, text.isEmpty ? "\\&" : line(text.replacing("\n", with: " "))]
  }
}

/// Writes SVG text: the same elements give the same bytes.
struct SVG {
  private(set) var text = ""
  private var open: [String] = []

  /// Opens an element; its children follow until `end`.
  mutating func begin(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:]) {
    line("<" + name + Self.written(attributes) + ">")
    open.append(name)
  }

  mutating func end() {
    guard let name = open.popLast() else { return }
    line("</" + name + ">")
  }

  /// An element without children, or with text alone.
  mutating func element(
    _ name: String, _ attributes: KeyValuePairs<String, String?> = [:], text content: String? = nil
  ) {
    guard let content else { return line("<" + name + Self.written(attributes) + "/>") }
    line("<" + name + Self.written(attributes) + ">" + Self.escaped(content) + "</" + name + ">")
  }

  /// A coordinate: two decimals at most.
  static func number(_ value: Double) -> String { NumberText.trimmed(value, decimals: 2) }

  /// `text` with XML's five special characters as entities, and what XML forbids left out.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\t", "\n", "\r": escaped += " "
      case _ where scalar.value < 32 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: continue
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  private mutating func line(_ content: String) {
    text += String(repeating: " ", count: open.count) + content + "\n"
  }

  private static func written(_ attributes: KeyValuePairs<String, String?>) -> String {
    attributes.map { name, value in value.map { " \(name)=\"\(escaped($0))\"" } ?? "" }.joined()
  }
}

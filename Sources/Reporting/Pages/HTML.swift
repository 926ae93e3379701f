import CoppiceTerms

/// Writes HTML text: the same elements give the same bytes, and every text is escaped, wherever it comes from.
struct HTML {
  private(set) var text = ""
  private var open: [String] = []

  /// Opens an element; its children follow until `end`.
  mutating func begin(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:]) {
    text += "<" + name + Self.written(attributes) + ">\n"
    open.append(name)
  }

  mutating func end() {
    guard let name = open.popLast() else { return }
    text += "</" + name + ">\n"
  }

  /// An element with text alone.
  mutating func element(
    _ name: String, _ attributes: KeyValuePairs<String, String?> = [:], _ content: String = ""
  ) {
    text += "<" + name + Self.written(attributes) + ">" + Self.escaped(content) + "</" + name + ">\n"
  }

  /// An element that holds what is written already and needs no escape.
  mutating func verbatim(
    _ name: String, _ attributes: KeyValuePairs<String, String?> = [:], _ content: String
  ) {
    text += "<" + name + Self.written(attributes) + ">" + content + "</" + name + ">\n"
  }

  /// An element without an end, as `meta`.
  mutating func void(_ name: String, _ attributes: KeyValuePairs<String, String?>) {
    text += "<" + name + Self.written(attributes) + ">\n"
  }

  /// A table with a row of headings; the first cell of every row names it.
  mutating func table(_ caption: String?, _ headings: [String], _ rows: [[String]]) {
    begin("div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": caption ?? "table"])
    begin("table")
    if let caption { element("caption", [:], caption) }
    begin("thead")
    begin("tr")
    for heading in headings { element("th", ["scope": "col"], heading) }
    end()
    end()
    begin("tbody")
    for row in rows {
      begin("tr")
      for (place, cell) in row.enumerated() {
        element(place == 0 ? "th" : "td", ["scope": place == 0 ? "row" : nil], cell)
      }
      end()
    }
    end()
    end()
    end()
  }

  /// `text` with HTML's special characters as entities. What is no letter to be seen but an order, as a turn of the direction of
  /// writing, is shown as such.
  static func escaped(_ text: String) -> String { SVG.escaped(text.printable) }

  private static func written(_ attributes: KeyValuePairs<String, String?>) -> String {
    attributes.map { name, value in value.map { " \(name)=\"\(escaped($0))\"" } ?? "" }.joined()
  }
}

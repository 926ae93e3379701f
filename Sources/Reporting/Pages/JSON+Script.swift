import CoppiceTerms

extension JSON {
  /// The value as compact JSON that can stand in a `script` element: no `<` is in it, so no text can end the element.
  package var scriptText: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to text: inout String) {
    switch self {
    case .list(let values):
      text += "["
      for (place, value) in values.enumerated() {
        if place > 0 { text += "," }
        value.write(to: &text)
      }
      text += "]"
    case .members(let members):
      text += "{"
      for (place, member) in members.enumerated() {
        if place > 0 { text += "," }
        JSON.text(member.name).write(to: &text)
        text += ":"
        member.value.write(to: &text)
      }
      text += "}"
    case .number(let value): text += value.isFinite ? NumberText.exact(value) : "null"
    case .text:
      let quoted = self.text
      text += quoted.utf8.contains(UInt8(ascii: "<")) ? quoted.replacing("<", with: #"\u003c"#) : quoted
    case .null, .flag, .integer: text += self.text
    }
  }

  /// A number, or null.
  static func number(_ value: Double?) -> JSON { value.map(JSON.number) ?? .null }

  /// Numbers, null for those that are not finite.
  static func numbers(_ values: [Double]) -> JSON { .list(values.map(JSON.number)) }

  /// Texts.
  static func texts(_ values: [String]) -> JSON { .list(values.map(JSON.text)) }
}

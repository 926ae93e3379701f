import Foundation

extension JSON {
  /// The value of a JSON text, or `nil` where it is none. Members keep their order, whole numbers stay whole.
  package init?(parsing text: String) {
    var parser = JSONParser(rest: Array(text.utf8)[...])
    guard let value = parser.value(depth: 0), parser.isAtEnd else { return nil }
    self = value
  }

  /// The first member of that name in the text of an object; `nil` where there is none. What stands behind it is not looked at.
  package static func member(_ name: String, of text: String) -> JSON? {
    var parser = JSONParser(rest: Array(text.utf8)[...])
    return parser.member(name)
  }

  /// A member of an object; `nil` where there is none.
  package subscript(name: String) -> JSON? {
    guard case .members(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// As the value of a setting: the inverse of `Specification.Value.json`. Objects with a name are components.
  package var specificationValue: Specification.Value {
    switch self {
    case .null: .none
    case .flag(let flag): .flag(flag)
    case .integer(let integer): .integer(integer)
    case .number(let number): .number(number)
    case .text(let text): .text(text)
    case .list(let values): .list(values.map(\.specificationValue))
    case .members(let members):
      .component(
        Specification(
          self["name"]?.specificationValue.description ?? "",
          version: self["version"].flatMap { if case .integer(let version) = $0 { version } else { nil } },
          members.filter { !["name", "version"].contains($0.name) }
            .map { ($0.name, $0.value.specificationValue) }))
    }
  }
}

/// A recursive descent over JSON.
private struct JSONParser {
  var rest: ArraySlice<UInt8>

  var isAtEnd: Bool {
    mutating get {
      skipSpaces()
      return rest.isEmpty
    }
  }

  mutating func value(depth: Int) -> JSON? {
    guard depth < 100 else { return nil }
    skipSpaces()
    switch rest.first {
    case UInt8(ascii: "{"): return members(depth)
    case UInt8(ascii: "["): return list(depth)
    case UInt8(ascii: "\""): return string().map(JSON.text)
    default: return literal()
    }
  }

  /// The first member of that name in an object.
  mutating func member(_ wanted: String) -> JSON? {
    guard accept("{") else { return nil }
    var isFirst = true
    while isFirst || accept(",") {
      isFirst = false
      skipSpaces()
      guard let name = string(), accept(":"), let value = value(depth: 1) else { return nil }
      if name == wanted { return value }
    }
    return nil
  }

  private mutating func members(_ depth: Int) -> JSON? {
    rest.removeFirst()
    var members: [(name: String, value: JSON)] = []
    while !accept("}") {
      if !members.isEmpty, !accept(",") { return nil }
      skipSpaces()
      guard let name = string(), accept(":"), let value = value(depth: depth + 1) else { return nil }
      members.append((name, value))
    }
    return .members(members)
  }

  private mutating func list(_ depth: Int) -> JSON? {
    rest.removeFirst()
    var values: [JSON] = []
    while !accept("]") {
      if !values.isEmpty, !accept(",") { return nil }
      guard let value = value(depth: depth + 1) else { return nil }
      values.append(value)
    }
    return .list(values)
  }

  private mutating func literal() -> JSON? {
    let word = String(decoding: rest.prefix { !" \n\r\t,]}:".utf8.contains($0) }, as: UTF8.self)
    rest = rest.dropFirst(word.utf8.count)
    switch word {
    case "null": return .null
    case "true": return .flag(true)
    case "false": return .flag(false)
    default: return Int(word).map(JSON.integer) ?? Double(word).map(JSON.number)
    }
  }

  /// A quoted text; its escapes are left to Foundation.
  private mutating func string() -> String? {
    guard rest.first == UInt8(ascii: "\"") else { return nil }
    var end = rest.startIndex + 1
    while end < rest.endIndex, rest[end] != UInt8(ascii: "\"") {
      end += rest[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard end < rest.endIndex else { return nil }
    let quoted = Data(rest[rest.startIndex...end])
    rest = rest[(end + 1)...]
    return try? JSONDecoder().decode(String.self, from: quoted)
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpaces()
    guard rest.first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func skipSpaces() { rest = rest.drop { " \n\r\t".utf8.contains($0) } }
}

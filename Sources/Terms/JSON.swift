import Foundation

/// A JSON value with its members in order, so that what is printed and stored is the same every time.
package indirect enum JSON: Sendable {
  case null
  case flag(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([JSON])
  case members([(name: String, value: JSON)])

  /// The text of an object.
  package static func object(_ members: [(name: String, value: JSON)]) -> String {
    JSON.members(members).text
  }

  /// The text of an object whose values are written already. They are put in one by one, so that many large ones take no more than
  /// their text.
  package static func object(ofTexts members: some Sequence<(name: String, text: String)>) -> String {
    var text = "{"
    for (name, value) in members {
      if text.utf8.count > 1 { text += ", " }
      text += quoted(name)
      text += ": "
      text += value
    }
    return text + "}"
  }

  /// The value as JSON text. Numbers that are not finite, which JSON cannot hold, are null.
  package var text: String {
    switch self {
    case .null: "null"
    case .flag(let flag): flag ? "true" : "false"
    case .integer(let integer): "\(integer)"
    case .number(let number): number.isFinite ? "\(number)" : "null"
    case .text(let text): Self.quoted(text)
    case .list(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
    case .members(let members):
      "{" + members.map { "\(Self.quoted($0.name)): \($0.value.text)" }.joined(separator: ", ") + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case "\r": quoted += "\\r"
      // Those that JSON lets stand raw, a terminal would follow.
      case _ where scalar.isControl: quoted += String(format: "\\u%04x", scalar.value)
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

extension Specification {
  /// The specification as JSON: name, version, and every field.
  package var json: JSON {
    .members([("name", .text(name)), ("version", version.map(JSON.integer) ?? .null)] + members)
  }

  /// The fields as JSON members.
  package var members: [(name: String, value: JSON)] { fields.map { ($0.name, $0.value.json) } }
}

extension Specification.Value {
  /// The value as JSON.
  package var json: JSON {
    switch self {
    case .flag(let flag): .flag(flag)
    case .integer(let integer): .integer(integer)
    case .number(let number): .number(number)
    case .text(let text): .text(text)
    case .list(let values): .list(values.map(\.json))
    case .component(let component): component.json
    case .none: .null
    }
  }
}

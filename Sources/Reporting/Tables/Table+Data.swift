extension Table {
  /// The table as comma-separated values (RFC 4180, lines ended by a line feed): full precision, empty where a
  /// value is missing or not a number.
  package var commaSeparated: String {
    var text = machineColumns.map(Self.quoted).joined(separator: ",") + "\n"
    for row in rows {
      text +=
        machineValues(row).map { cell in
          switch cell {
          case .text(let text): Self.quoted(text)
          case .number(let value): value.isFinite ? NumberText.exact(value) : ""
          case .estimate, .missing: ""
          }
        }.joined(separator: ",") + "\n"
    }
    return text
  }

  /// The table as JSON: `{"schema_version": 1, "rows": [{…}, …]}`, one row a line, names in column order, null
  /// where a value is missing or not a number.
  package var json: String {
    let names = machineColumns
    let lines = rows.map { row in
      let members = zip(names, machineValues(row)).map { name, cell in
        let value =
          switch cell {
          case .text(let text): Self.jsonString(text)
          case .number(let value): value.isFinite ? NumberText.exact(value) : "null"
          case .estimate, .missing: "null"
          }
        return Self.jsonString(name) + ": " + value
      }
      return "    {" + members.joined(separator: ", ") + "}"
    }
    let list = lines.isEmpty ? "[]" : "[\n" + lines.joined(separator: ",\n") + "\n  ]"
    return "{\n  \"schema_version\": 1,\n  \"rows\": \(list)\n}\n"
  }

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"" + text.flatMap { $0 == "\"" ? ["\"", "\""] : [$0] } + "\""
  }

  private static func jsonString(_ text: String) -> String {
    var escaped = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": escaped += "\\\""
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\r": escaped += "\\r"
      case "\t": escaped += "\\t"
      case _ where scalar.value < 32:
        let hex = String(scalar.value, radix: 16)
        escaped += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped + "\""
  }
}

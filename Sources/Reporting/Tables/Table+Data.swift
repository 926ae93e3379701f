import CoppiceTerms

extension Table {
  /// The table as comma-separated values (RFC 4180, lines ended by a line feed): full precision, empty where a
  /// value is missing or not a number.
  package var commaSeparated: String {
    var text = machineColumns.map(Self.quoted).joined(separator: ",") + "\n"
    for row in machineRows {
      text +=
        row.map { cell in
          switch cell {
          case .text(let text): Self.quoted(text)
          case .number(let value): value.isFinite ? NumberText.exact(value) : ""
          case .estimate, .count, .missing: ""
          }
        }.joined(separator: ",") + "\n"
    }
    return text
  }

  /// The table as JSON: `{"schema_version": 1, "rows": [{…}, …]}`, one row a line, names in column order, null
  /// where a value is missing or not a number.
  package var json: String {
    let names = machineColumns
    let lines = machineRows.map { row in
      "    " + JSON.object(zip(names, row).map { ($0, $1.json) })
    }
    let list = lines.isEmpty ? "[]" : "[\n" + lines.joined(separator: ",\n") + "\n  ]"
    return "{\n  \"schema_version\": 1,\n  \"rows\": \(list)\n}\n"
  }

  private static func quoted(_ text: String) -> String {
    // Most texts are of plain letters; line ends beyond those of ASCII are looked for in the others.
    let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x80 && $0 != 0x2C && $0 != 0x22 }
    if isPlain { return text }
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"" + text.flatMap { $0 == "\"" ? ["\"", "\""] : [$0] } + "\""
  }
}

extension Table.Cell {
  /// The value as JSON, whole numbers without a point.
  fileprivate var json: JSON {
    switch self {
    case .text(let text): .text(text)
    case .number(let value):
      value == value.rounded() && abs(value) < 1e15 ? .integer(Int(value)) : .number(value)
    case .estimate, .count, .missing: .null
    }
  }
}

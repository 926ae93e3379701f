import CoppiceTerms

extension Notebook {
  /// The notebook as a file of nbformat 4.5, byte for byte as Python's nbformat writes it, without outputs.
  package var json: String {
    let kernel = JSON.members([
      ("display_name", .text("Python 3")), ("language", .text("python")), ("name", .text("python3")),
    ])
    let metadata = JSON.members([
      ("kernelspec", kernel), ("language_info", .members([("name", .text("python"))])),
    ])
    return Self.laidOut(
      .members([
        ("cells", .list(cells.map(\.json))), ("metadata", metadata), ("nbformat", .integer(4)),
        ("nbformat_minor", .integer(5)),
      ]), depth: 0) + "\n"
  }

  /// A value over several lines, indented by one space a level.
  private static func laidOut(_ value: JSON, depth: Int) -> String {
    let (inner, outer) = (String(repeating: " ", count: depth + 1), String(repeating: " ", count: depth))
    switch value {
    case .list(let values) where !values.isEmpty:
      let lines = values.map { inner + laidOut($0, depth: depth + 1) }
      return "[\n" + lines.joined(separator: ",\n") + "\n" + outer + "]"
    case .members(let members) where !members.isEmpty:
      let lines = members.map { name, value in
        "\(inner)\(JSON.text(name).text): \(laidOut(value, depth: depth + 1))"
      }
      return "{\n" + lines.joined(separator: ",\n") + "\n" + outer + "}"
    default: return value.text
    }
  }
}

extension Notebook.Cell {
  /// The members in alphabetical order.
  fileprivate var json: JSON {
    let tags: [(name: String, value: JSON)] = isParameters ? [("tags", .list([.text("parameters")]))] : []
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    let text = lines.enumerated().map { place, line in
      JSON.text(line + (place < lines.count - 1 ? "\n" : ""))
    }
    let run: [(name: String, value: JSON)] = kind == .code ? [("execution_count", .null)] : []
    let outputs: [(name: String, value: JSON)] = kind == .code ? [("outputs", .list([]))] : []
    return .members(
      [("cell_type", .text(kind.rawValue))] + run + [("id", .text(id)), ("metadata", .members(tags))]
        + outputs + [("source", .list(text))])
  }
}

extension Table {
  /// The table for a terminal: aligned columns, two spaces between them, a rule below the headings.
  ///
  /// What is wider than `width` characters is made to fit: first the texts of the widest columns are cut
  /// (`…` marks it), then columns are left out from the right, which a last line says.
  package func text(width: Int? = nil) -> String {
    guard !columns.isEmpty else { return "" }
    let headings = columns.map(\.heading)
    let cells = rows.map { row in columns.indices.map { display(cell(row, $0), columns[$0]) } }
    var widths = columns.indices.map { index in
      max(headings[index].count, cells.map { $0[index].count }.max() ?? 0)
    }
    var shown = columns.count
    if let width {
      let least = 8
      func total(_ count: Int) -> Int { widths.prefix(count).reduce(0, +) + 2 * (count - 1) }
      while total(shown) > width {
        let cuttable = (0..<shown).filter { columns[$0].format == .text && widths[$0] > least }
        if let widest = cuttable.max(by: { widths[$0] < widths[$1] }) {
          widths[widest] -= 1
        } else if shown > 1 {
          shown -= 1
        } else {
          break
        }
      }
    }
    func line(_ texts: [String]) -> String {
      var line = ""
      for index in 0..<shown {
        let cut = Self.cut(texts[index], to: widths[index])
        let fill = String(repeating: " ", count: widths[index] - cut.count)
        line += (index == 0 ? "" : "  ") + (columns[index].format.isNumeric ? fill + cut : cut + fill)
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }
    let rule = widths.prefix(shown).map { String(repeating: "─", count: $0) }.joined(separator: "  ") + "\n"
    var text = line(headings) + rule + cells.map(line).joined()
    if shown < columns.count {
      let hidden = headings.dropFirst(shown).joined(separator: ", ")
      text += "(no room for: \(hidden))\n"
    }
    return text
  }

  /// The table in GitHub's Markdown.
  package var markdown: String {
    func line(_ texts: [String]) -> String {
      let escaped = texts.map { text in
        String(text.flatMap { $0 == "|" ? ["\\", "|"] : $0.isNewline ? [" "] : [$0] })
      }
      return "| " + escaped.joined(separator: " | ") + " |\n"
    }
    let rule = "|" + columns.map { $0.format.isNumeric ? "---:|" : "---|" }.joined() + "\n"
    return line(columns.map(\.heading)) + rule
      + rows.map { row in line(columns.indices.map { display(cell(row, $0), columns[$0]) }) }.joined()
  }

  private static func cut(_ text: String, to width: Int) -> String {
    text.count <= width ? text : String(text.prefix(max(0, width - 1))) + "…"
  }
}

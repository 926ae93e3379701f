extension Table {
  /// The table for a terminal: aligned columns, two spaces between them, a rule below the headings.
  ///
  /// What is wider than `width` characters is made to fit: first the headings of numbers break at their spaces,
  /// then the texts of the widest columns are cut (`…` marks it), then columns are left out from the right, which a
  /// last line says.
  package func text(width: Int? = nil) -> String {
    guard !columns.isEmpty else { return "" }
    let cells = rows.map { row in columns.indices.map { display(cell(row, $0), columns[$0]) } }
    var widths = columns.indices.map { index in
      cells.map { $0[index].count }.reduce(columns[index].heading.count, max)
    }
    var shown = columns.count
    if let width { shown = fit(&widths, to: width, cells) }

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
    let headings = columns.indices.map { Self.broken(columns[$0].heading, to: widths[$0]) }
    let height = headings.prefix(shown).map(\.count).max() ?? 1
    var text = ""
    for row in 0..<height {
      // Headings stand on the rule, whatever their height.
      text += line(headings.map { row - height + $0.count >= 0 ? $0[row - height + $0.count] : "" })
    }
    text += widths.prefix(shown).map { String(repeating: "─", count: $0) }.joined(separator: "  ") + "\n"
    text += cells.map(line).joined()
    if shown < columns.count {
      text += "(no room for: \(columns.dropFirst(shown).map(\.heading).joined(separator: ", ")))\n"
    }
    return text
  }

  /// Narrows the widths until the columns fit, and returns how many of them do.
  private func fit(_ widths: inout [Int], to width: Int, _ cells: [[String]]) -> Int {
    let least = 8
    var shown = columns.count
    func total() -> Int { widths.prefix(shown).reduce(0, +) + 2 * (shown - 1) }
    if total() > width {
      for index in columns.indices where columns[index].format.isNumeric {
        let words = columns[index].heading.split(separator: " ").map(\.count)
        widths[index] = cells.map { $0[index].count }.reduce(words.max() ?? 0, max)
      }
    }
    while total() > width {
      let cuttable = (0..<shown).filter { columns[$0].format == .text && widths[$0] > least }
      if let widest = cuttable.max(by: { widths[$0] < widths[$1] }) {
        widths[widest] -= 1
      } else if shown > 1 {
        shown -= 1
      } else {
        break
      }
    }
    return shown
  }

  /// The heading in lines of at most `width` characters, as far as its words are no longer.
  private static func broken(_ heading: String, to width: Int) -> [String] {
    var lines: [String] = []
    for word in heading.split(separator: " ", omittingEmptySubsequences: false) {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
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

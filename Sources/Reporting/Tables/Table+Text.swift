extension Table {
  /// The table for a terminal: aligned columns, two spaces between them, a rule below the headings.
  ///
  /// What is wider than `width` characters is made to fit: first the headings of numbers break at their spaces, then columns
  /// with one value in all rows are left out, then the texts of the widest columns are cut (`…` marks it), then columns are left
  /// out from the right. Last lines say what is not there. What tells rows apart is always there, and whole: where no column is
  /// marked so, the first is.
  package func text(width: Int? = nil) -> String {
    guard !columns.isEmpty else { return "" }
    let cells = rows.map { row in columns.indices.map { display(cell(row, $0), columns[$0]) } }
    var widths = columns.indices.map { index in
      cells.map { $0[index].count }.reduce(columns[index].heading.count, max)
    }
    var fitting = Fitting(shown: Array(columns.indices))
    if let width { fitting = fit(&widths, to: width, cells) }

    func line(_ texts: [String]) -> String {
      var line = ""
      for index in fitting.shown {
        let cut = Self.cut(texts[index], to: widths[index])
        let fill = String(repeating: " ", count: widths[index] - cut.count)
        line += index == fitting.shown.first ? "" : "  "
        line += columns[index].format.isNumeric ? fill + cut : cut + fill
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }
    let headings = columns.indices.map { Self.broken(columns[$0].heading, to: widths[$0]) }
    let height = fitting.shown.map { headings[$0].count }.max() ?? 1
    var text = ""
    for row in 0..<height {
      // Headings stand on the rule, whatever their height.
      text += line(headings.map { row - height + $0.count >= 0 ? $0[row - height + $0.count] : "" })
    }
    text += fitting.shown.map { String(repeating: "─", count: widths[$0]) }.joined(separator: "  ") + "\n"
    text += cells.map(line).joined()
    if !fitting.constant.isEmpty {
      let values = fitting.constant.map { "\(columns[$0].heading): \(cells.first?[$0] ?? "–")" }
      text += "(in every row \(values.joined(separator: ", ")))\n"
    }
    if !fitting.lost.isEmpty {
      text += "(no room for: \(fitting.lost.map { columns[$0].heading }.joined(separator: ", ")))\n"
    }
    return text
  }

  /// Which columns are shown, which are left out because all rows agree, and which because there is no room.
  private struct Fitting {
    var shown: [Int]
    var constant: [Int] = []
    var lost: [Int] = []
  }

  /// Narrows the widths and leaves columns out until the rest fits.
  private func fit(_ widths: inout [Int], to width: Int, _ cells: [[String]]) -> Fitting {
    let least = 8
    let isMarked = columns.contains(where: \.isName)
    func isName(_ index: Int) -> Bool { isMarked ? columns[index].isName : index == 0 }
    var fitting = Fitting(shown: Array(columns.indices))
    func isTooWide() -> Bool {
      fitting.shown.reduce(0) { $0 + widths[$1] } + 2 * (fitting.shown.count - 1) > width
    }
    if isTooWide() {
      for index in columns.indices where columns[index].format.isNumeric || isName(index) {
        let words = columns[index].heading.split(separator: " ").map(\.count)
        widths[index] = cells.map { $0[index].count }.reduce(words.max() ?? 0, max)
      }
    }
    for index in columns.indices.reversed() where isTooWide() && !isName(index) && cells.count > 1 {
      guard Set(cells.map { $0[index] }).count == 1 else { continue }
      fitting.shown.removeAll { $0 == index }
      fitting.constant.insert(index, at: 0)
    }
    while isTooWide() {
      let cuttable = fitting.shown.filter { columns[$0].format == .text && !isName($0) && widths[$0] > least }
      if let widest = cuttable.max(by: { widths[$0] < widths[$1] }) {
        widths[widest] -= 1
      } else if let last = fitting.shown.last(where: { !isName($0) }) {
        fitting.shown.removeAll { $0 == last }
        fitting.lost.insert(last, at: 0)
      } else {
        break
      }
    }
    return fitting
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

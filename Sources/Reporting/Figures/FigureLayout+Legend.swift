extension FigureLayout {
  /// The entries in as few rows as the width allows, read row by row, and the position below them.
  static func legend(_ figure: LineFigure, top: Double) -> ([LegendEntry], Double) {
    let labels = figure.lines.map(\.label) + figure.namedBaselines.map(\.label)
    guard figure.hasLegend, !labels.isEmpty else { return ([], top) }
    let inner = figure.width - 2 * margin
    let sample = sampleLength + sampleGap
    let widths = labels.map { sample + TextWidth.of($0, size: legendSize) }
    let lineHeight = legendSize + 6
    for columns in (1...max(1, min(4, labels.count))).reversed() {
      var columnWidths = [Double](repeating: 0, count: columns)
      for (index, width) in widths.enumerated() {
        columnWidths[index % columns] = max(columnWidths[index % columns], width)
      }
      let total = columnWidths.reduce(0, +) + Double(columns - 1) * 18
      guard total <= inner || columns == 1 else { continue }
      var lefts = [margin + max(0, (inner - total) / 2)]
      for width in columnWidths.dropLast() { lefts.append((lefts.last ?? margin) + width + 18) }
      var entries: [LegendEntry] = []
      var y = top + legendSize
      var rowLines = 1
      for (index, label) in labels.enumerated() {
        if index > 0, index % columns == 0 {
          y += lineHeight * Double(rowLines)
          rowLines = 1
        }
        let text = columns == 1 ? TextWidth.wrap(label, size: legendSize, width: inner - sample) : [label]
        rowLines = max(rowLines, text.count)
        entries.append(LegendEntry(left: lefts[index % columns], top: y, text: text))
      }
      return (entries, y + lineHeight * Double(rowLines - 1) + 8)
    }
    return ([], top)
  }
}

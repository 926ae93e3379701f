extension LineFigure: TextFigure {
  /// The rows of the plotting area.
  private static let plotRows = 20
  /// The least columns of it, whatever the width is.
  private static let fewestColumns = 20

  /// Every curve has a letter for its points, with dots along its line; `*` stands where several curves have a point, and `╌` for
  /// the dense baseline. Bands are not drawn.
  package func text(width: Int) -> String {
    let layout = FigureLayout(withoutBands)
    let rows = Self.plotRows
    let yValues = layout.y.roundTicks(count: rows / 4)
    let yLabels = y.labels(yValues)
    let margin = (yLabels.map(\.count).max() ?? 0) + 1
    let columns = max(Self.fewestColumns, width - margin - 1)
    var plot = TextPlot(
      x: AxisScale(
        x.scale, limits: layout.x.limits, start: x.isReversed ? Double(columns - 2) : 1,
        end: x.isReversed ? 1 : Double(columns - 2)),
      y: AxisScale(y.scale, limits: layout.y.limits, start: Double(rows - 1), end: 0), columns: columns,
      rows: rows)
    for baseline in baselines { plot.drawLevel(baseline.y) }
    for line in lines where line.isJoined { plot.drawPath(line.points) }
    for (index, line) in lines.enumerated() where !line.isReference {
      for point in line.points { plot.mark(point, Self.letter(index)) }
    }

    var text = title.isEmpty ? "" : Self.wrapped(title, width)
    text += y.label + "\n"
    for row in 0..<rows {
      let tick = zip(yValues, yLabels).first { plot.row($0.0) == row }
      let label = tick?.1 ?? ""
      text += String(repeating: " ", count: margin - 1 - label.count) + label + (tick == nil ? " │" : " ┤")
      text += Self.trimmed(String(plot.cells[row])) + "\n"
    }
    let (rule, labels) = ticks(plot, layout)
    let indent = String(repeating: " ", count: margin)
    text += indent + "└" + rule + "\n" + Self.trimmed(indent + " " + labels) + "\n"
    text += String(repeating: " ", count: max(0, margin + (columns - x.label.count) / 2)) + x.label + "\n"
    return text + legendText + Self.wrapped(caption, width)
  }

  /// The same means on axes that have room for them alone.
  private var withoutBands: LineFigure {
    var figure = self
    for line in figure.lines.indices {
      for point in figure.lines[line].points.indices {
        (figure.lines[line].points[point].low, figure.lines[line].points[point].high) = (nil, nil)
      }
    }
    for baseline in figure.baselines.indices {
      (figure.baselines[baseline].low, figure.baselines[baseline].high) = (nil, nil)
    }
    return figure
  }

  /// The letter of curve `index`: after `z` come capitals, and then they come again.
  private static func letter(_ index: Int) -> Character {
    let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return letters[index % letters.count]
  }

  /// The axis below the plot, and the labels of as many ticks as have room.
  private func ticks(_ plot: TextPlot, _ layout: FigureLayout) -> (rule: String, labels: String) {
    var rule = [Character](repeating: "─", count: plot.columns)
    var labels = [Character](repeating: " ", count: plot.columns + 4)
    let data = lines.flatMap { $0.points.map(\.x) }.filter(\.isFinite)
    let values = x.ticks == .data ? Array(Set(data)) : layout.x.roundTicks(count: 8)
    let placed = values.compactMap { value in plot.column(value).map { (column: $0, value: value) } }
      .sorted { ($0.column, $0.value) < ($1.column, $1.value) }
    let texts = x.labels(placed.map(\.value))
    var end = -2
    for (tick, text) in zip(placed, texts) {
      rule[tick.column] = "┬"
      let start = max(0, tick.column - text.count / 2)
      guard start > end + 1, start + text.count <= labels.count else { continue }
      for (place, character) in text.enumerated() { labels[start + place] = character }
      end = start + text.count
    }
    return (String(rule), String(labels))
  }

  private var legendText: String {
    var entries = lines.enumerated().map { index, line in
      "  \(line.isReference ? "·" : String(Self.letter(index)))  \(line.label)\n"
    }
    entries += namedBaselines.map { "  ╌  \($0.label)\n" }
    return entries.joined()
  }

  private static func wrapped(_ text: String, _ width: Int) -> String {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func trimmed(_ text: String) -> String {
    var text = text[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}

/// A plotting area of characters.
private struct TextPlot {
  let x: AxisScale
  let y: AxisScale
  let columns: Int
  let rows: Int
  private(set) var cells: [[Character]]

  init(x: AxisScale, y: AxisScale, columns: Int, rows: Int) {
    (self.x, self.y, self.columns, self.rows) = (x, y, columns, rows)
    cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
  }

  func row(_ value: Double) -> Int? { Self.place(y.position(value), rows) }
  func column(_ value: Double) -> Int? { Self.place(x.position(value), columns) }

  private static func place(_ position: Double?, _ count: Int) -> Int? {
    guard let position, position > -0.5, position < Double(count) - 0.5 else { return nil }
    return Int(position.rounded())
  }

  mutating func drawLevel(_ value: Double) {
    guard let row = row(value) else { return }
    cells[row] = Array(repeating: "╌", count: columns)
  }

  /// Dots from point to point.
  mutating func drawPath(_ points: [LineFigure.Point]) {
    for (one, other) in zip(points, points.dropFirst()) {
      guard let from = position(one), let to = position(other) else { continue }
      let steps = max(1, Int(max(abs(to.x - from.x), abs(to.y - from.y)).rounded(.up)))
      for step in 0...steps {
        let share = Double(step) / Double(steps)
        let (left, top) = (from.x + share * (to.x - from.x), from.y + share * (to.y - from.y))
        if let column = Self.place(left, columns), let row = Self.place(top, rows) {
          cells[row][column] = "·"
        }
      }
    }
  }

  private func position(_ point: LineFigure.Point) -> (x: Double, y: Double)? {
    guard let left = x.position(point.x), let top = point.y.flatMap(y.position) else { return nil }
    return (left, top)
  }

  /// A point; `×` at the lower edge where a trial was lost and nothing was measured.
  mutating func mark(_ point: LineFigure.Point, _ letter: Character) {
    guard let column = column(point.x) else { return }
    guard let row = point.y.flatMap(row) else {
      if point.isTroubled { cells[rows - 1][column] = "×" }
      return
    }
    let present = cells[row][column]
    cells[row][column] = [" ", "·", "╌", letter].contains(present) ? letter : "*"
  }
}

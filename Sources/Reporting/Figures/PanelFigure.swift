/// Small figures side by side, of one pair of axes each and the same curves: a layer each. The curves are named once, below.
package struct PanelFigure: Figure, Equatable {
  /// What stands above everything.
  package var title: String
  /// From left to right, then from top to bottom. What is below the last is told of it alone.
  package var panels: [LineFigure]
  /// How many stand side by side.
  package var columns: Int
  /// The width of the page in points, before scaling.
  package var width = 480.0
  /// What widths, heights and letters are multiplied by on the page.
  package var scale = 1.0

  /// A page of these figures, whose titles stand above each, and whose command and caption are those of the first.
  package init(title: String, _ panels: [LineFigure], columns: Int = 2) {
    (self.title, self.panels, self.columns) = (title, panels, max(1, columns))
  }

  /// The page as an SVG file.
  package var svg: String {
    guard let first = panels.first else { return "" }
    let count = min(columns, panels.count)
    let cell = width / Double(count)
    let small = panels.map { panel in
      var panel = panel
      (panel.width, panel.caption, panel.hasLegend) = (cell, "", false)
      return panel
    }
    // The legend and the caption have the whole width, below panels without either.
    var key = first
    (key.title, key.width, key.x.label) = ("", width, "")
    let heading = TextWidth.wrap(
      title, size: FigureLayout.titleSize, width: width - 2 * FigureLayout.margin, bold: true)
    let top = FigureLayout.margin + Double(heading.count) * (FigureLayout.titleSize + 4)
    let layouts = small.map { FigureLayout($0) }
    let rows = stride(from: 0, to: small.count, by: count).map { start in
      (start, layouts[start..<min(start + count, small.count)].map(\.height).max() ?? 0)
    }
    let keyLayout = FigureLayout(key)
    // Everything of the key above its legend is left out of the page.
    let cut = keyLayout.xLabelBaseline
    let bottom = top + rows.reduce(0) { $0 + $1.1 }
    var svg = SVG()
    svg.beginPage(
      width: width, height: (bottom + keyLayout.height - cut).rounded(.up), scale: scale, title: title,
      description: small.map { "\($0.title): \($0.description)" }.joined(separator: " "),
      generator: first.generator, command: first.command)
    for (index, line) in heading.enumerated() {
      svg.element(
        "text",
        [
          "x": SVG.number(width / 2),
          "y": SVG.number(FigureLayout.margin + Double(index + 1) * (FigureLayout.titleSize + 4) - 4),
          "font-size": SVG.number(FigureLayout.titleSize), "font-weight": "bold", "text-anchor": "middle",
        ], text: line)
    }
    var y = top
    for (start, height) in rows {
      for index in start..<min(start + count, small.count) {
        svg.begin(
          "g", ["transform": "translate(\(SVG.number(Double(index - start) * cell)) \(SVG.number(y)))"])
        small[index].draw(&svg, layouts[index])
        svg.end()
      }
      y += height
    }
    svg.begin("g", ["transform": "translate(0 \(SVG.number(bottom - cut)))"])
    key.drawLegend(&svg, keyLayout)
    key.drawCaption(&svg, keyLayout)
    svg.end()
    svg.end()
    return svg.text
  }
}

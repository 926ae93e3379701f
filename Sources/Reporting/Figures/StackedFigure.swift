/// Figures one below the other, whose horizontal axes stand in one line: several quantities over the same steps.
package struct StackedFigure: Figure, Equatable {
  /// From top to bottom, all of one width. The page has the title of the first and the command of the last.
  package var panels: [LineFigure]

  /// A page of these figures.
  package init(_ panels: [LineFigure]) { self.panels = panels }

  /// The page as an SVG file.
  package var svg: String {
    let left = panels.map { FigureLayout($0).plot.left }.max() ?? 0
    let layouts = panels.map { FigureLayout($0, left: left) }
    var svg = SVG()
    svg.beginPage(
      width: panels.map(\.width).max() ?? 0, height: layouts.reduce(0) { $0 + $1.height },
      scale: panels.first?.scale ?? 1, title: panels.first?.title ?? "",
      description: panels.map(\.description).joined(separator: " "),
      generator: panels.last?.generator, command: panels.last?.command)
    var top = 0.0
    for (panel, layout) in zip(panels, layouts) {
      svg.begin("g", ["transform": "translate(0 \(SVG.number(top)))"])
      panel.draw(&svg, layout)
      svg.end()
      top += layout.height
    }
    svg.end()
    return svg.text
  }
}

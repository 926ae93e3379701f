extension LineFigure {
  static let ink = "#222222"
  private static let frame = "#333333"
  private static let grid = "#E4E4E4"

  /// The figure as an SVG file: real text, no scripts, no identifiers that could clash in a page with several.
  package var svg: String {
    let layout = FigureLayout(self)
    var svg = SVG()
    svg.beginPage(
      width: width, height: layout.height, scale: scale, title: title, description: description,
      generator: generator,
      command: command)
    draw(&svg, layout)
    svg.end()
    return svg.text
  }

  /// Draws everything but the page.
  func draw(_ svg: inout SVG, _ layout: FigureLayout) {
    drawTitle(&svg, layout)
    drawAxes(&svg, layout)
    drawCurves(&svg, layout)
    drawLegend(&svg, layout)
    drawCaption(&svg, layout)
  }

  /// What a screen reader says: the axes, the curves, the caption.
  var description: String {
    var sentences = ["\(y.label) against \(x.label)."]
    if !lines.isEmpty { sentences.append("Curves: " + lines.map(\.label).joined(separator: "; ") + ".") }
    for baseline in namedBaselines { sentences.append("Horizontal line: \(baseline.label).") }
    if !caption.isEmpty { sentences.append(caption) }
    return sentences.joined(separator: " ")
  }

  // MARK: Title, axes

  private func drawTitle(_ svg: inout SVG, _ layout: FigureLayout) {
    for (index, line) in layout.title.enumerated() {
      let y = FigureLayout.margin + Double(index + 1) * (FigureLayout.titleSize + 4) - 4
      svg.element(
        "text",
        [
          "x": SVG.number(width / 2), "y": SVG.number(y), "font-size": SVG.number(FigureLayout.titleSize),
          "font-weight": "bold", "text-anchor": "middle",
        ], text: line)
    }
  }

  private func drawAxes(_ svg: inout SVG, _ layout: FigureLayout) {
    let plot = layout.plot
    svg.begin("g", ["stroke": Self.grid, "stroke-width": "0.8"])
    for tick in layout.yTicks { svg.line(plot.left, tick.position, plot.right, tick.position) }
    svg.end()
    svg.begin("g", ["stroke": Self.frame, "stroke-width": "1"])
    svg.line(plot.left, plot.top, plot.left, plot.bottom)
    svg.line(plot.left, plot.bottom, plot.right, plot.bottom)
    for tick in layout.yTicks { svg.line(plot.left - 4, tick.position, plot.left, tick.position) }
    for tick in layout.xTicks {
      svg.line(tick.position, plot.bottom, tick.position, plot.bottom + (tick.label == nil ? 2.5 : 5))
    }
    svg.end()

    svg.begin("g", ["font-size": SVG.number(FigureLayout.tickSize), "text-anchor": "end"])
    for tick in layout.yTicks {
      svg.element(
        "text", ["x": SVG.number(plot.left - 7), "y": SVG.number(tick.position + 4.3)], text: tick.label ?? ""
      )
    }
    svg.end()
    svg.begin("g", ["font-size": SVG.number(FigureLayout.tickSize), "text-anchor": "middle"])
    for tick in layout.xTicks {
      guard let label = tick.label else { continue }
      svg.element(
        "text",
        ["x": SVG.number(tick.position), "y": SVG.number(plot.bottom + 7 + FigureLayout.tickSize)],
        text: label)
    }
    svg.end()

    let middle = (plot.left + plot.right) / 2
    let center = (plot.top + plot.bottom) / 2
    let baseline = FigureLayout.margin + FigureLayout.labelSize - 2
    svg.begin("g", ["font-size": SVG.number(FigureLayout.labelSize), "text-anchor": "middle"])
    svg.element("text", ["x": SVG.number(middle), "y": SVG.number(layout.xLabelBaseline)], text: x.label)
    svg.element(
      "text", ["transform": "translate(\(SVG.number(baseline)) \(SVG.number(center))) rotate(-90)"],
      text: y.label)
    svg.end()
  }
}

extension LineFigure {
  /// A piece of each line with its marker, and its label.
  func drawLegend(_ svg: inout SVG, _ layout: FigureLayout) {
    if layout.legend.isEmpty { return }
    svg.begin("g", ["font-size": SVG.number(FigureLayout.legendSize)])
    for (index, entry) in layout.legend.enumerated() {
      let middle = entry.top - FigureLayout.legendSize * 0.35
      let end = entry.left + FigureLayout.sampleLength
      if index < lines.count {
        let style = style(index)
        svg.begin("g", ["stroke": style.color, "stroke-width": "1.8"])
        if let outline = style.outlineColor, lines[index].isJoined {
          svg.begin("g", ["stroke": outline, "stroke-width": "3"])
          svg.line(entry.left, middle, end, middle, dash: style.dash)
          svg.end()
        }
        if lines[index].isJoined { svg.line(entry.left, middle, end, middle, dash: style.dash) }
        if lines[index].hasMarkers {
          svg.marker(style, (entry.left + end) / 2, middle, isOpen: false, note: nil)
        }
        svg.end()
      } else {
        svg.begin("g", Self.baselineStroke(index - lines.count))
        svg.line(entry.left, middle, end, middle)
        svg.end()
      }
      for (number, text) in entry.text.enumerated() {
        let y = entry.top + Double(number) * (FigureLayout.legendSize + 6)
        svg.element("text", ["x": SVG.number(end + FigureLayout.sampleGap), "y": SVG.number(y)], text: text)
      }
    }
    svg.end()
  }

  func drawCaption(_ svg: inout SVG, _ layout: FigureLayout) {
    guard !layout.caption.isEmpty else { return }
    svg.begin("g", ["font-size": SVG.number(FigureLayout.captionSize), "fill": "#555555"])
    for (index, line) in layout.caption.enumerated() {
      let y =
        layout.captionTop + 4 + Double(index) * (FigureLayout.captionSize + 4) + FigureLayout.captionSize
      svg.element("text", ["x": SVG.number(FigureLayout.margin), "y": SVG.number(y)], text: line)
    }
    svg.end()
  }
}

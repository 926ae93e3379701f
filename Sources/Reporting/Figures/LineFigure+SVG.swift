extension LineFigure {
  private static let fontFamily = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
  private static let ink = "#222222"
  private static let frame = "#333333"
  private static let grid = "#E4E4E4"

  /// The figure as an SVG file: real text, no scripts, no identifiers that could clash in a page with several.
  package var svg: String {
    let layout = FigureLayout(self)
    var svg = SVG()
    svg.begin(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "width": SVG.number(width) + "pt",
        "height": SVG.number(layout.height) + "pt",
        "viewBox": "0 0 \(SVG.number(width)) \(SVG.number(layout.height))", "role": "img",
        "font-family": Self.fontFamily, "fill": Self.ink, "data-generator": generator,
        "data-command": command,
      ])
    svg.element("title", text: title)
    svg.element("desc", text: description)
    svg.element("rect", ["width": "100%", "height": "100%", "fill": "#FFFFFF"])
    drawTitle(&svg, layout)
    drawAxes(&svg, layout)
    drawCurves(&svg, layout)
    drawLegend(&svg, layout)
    drawCaption(&svg, layout)
    svg.end()
    return svg.text
  }

  /// What a screen reader says: the axes, the curves, the caption.
  private var description: String {
    var sentences = ["\(y.label) against \(x.label)."]
    if !lines.isEmpty { sentences.append("Curves: " + lines.map(\.label).joined(separator: "; ") + ".") }
    for baseline in baselines { sentences.append("Horizontal line: \(baseline.label).") }
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

  // MARK: Curves

  private func drawCurves(_ svg: inout SVG, _ layout: FigureLayout) {
    let plot = layout.plot
    // A nested svg element clips to the plotting area without needing an identifier.
    let size = (SVG.number(plot.right - plot.left), SVG.number(plot.bottom - plot.top))
    svg.begin(
      "svg",
      [
        "x": SVG.number(plot.left), "y": SVG.number(plot.top), "width": size.0, "height": size.1,
        "viewBox": "\(SVG.number(plot.left)) \(SVG.number(plot.top)) \(size.0) \(size.1)",
        "overflow": "hidden",
      ])
    for baseline in baselines {
      guard let low = baseline.low, let high = baseline.high, let lowest = layout.y.position(low),
        let highest = layout.y.position(high)
      else { continue }
      svg.element(
        "rect",
        [
          "x": SVG.number(plot.left), "y": SVG.number(min(lowest, highest)),
          "width": SVG.number(plot.right - plot.left), "height": SVG.number(abs(lowest - highest)),
          "fill": LineStyle.baselineColor, "fill-opacity": "0.12",
        ])
    }
    for (index, line) in lines.enumerated() { drawBand(&svg, layout, line, .curve(index)) }
    for (index, baseline) in baselines.enumerated() {
      guard let y = layout.y.position(baseline.y) else { continue }
      svg.begin("g", Self.baselineStroke(index))
      svg.line(plot.left, y, plot.right, y)
      svg.end()
    }
    for (index, line) in lines.enumerated() { drawLine(&svg, layout, line, .curve(index)) }
    svg.end()
    for (index, line) in lines.enumerated() { drawMarkers(&svg, layout, line, .curve(index)) }
    drawLosses(&svg, layout)
  }

  private static func baselineStroke(_ index: Int) -> KeyValuePairs<String, String?> {
    let dashes = ["6 4", "2 3", "10 3 2 3"]
    return [
      "stroke": LineStyle.baselineColor, "stroke-width": "1.6",
      "stroke-dasharray": dashes[index % dashes.count],
    ]
  }

  /// The positions of consecutive points that have what `values` asks for, one array for each stretch.
  private func stretches(
    _ line: Line, _ layout: FigureLayout, _ values: (Point) -> [Double?]
  ) -> [[(x: Double, ys: [Double])]] {
    var all: [[(x: Double, ys: [Double])]] = [[]]
    for point in line.points {
      let ys = values(point).compactMap { $0.flatMap(layout.y.position) }
      if let x = layout.x.position(point.x), ys.count == values(point).count {
        all[all.count - 1].append((x, ys))
      } else if all.last?.isEmpty == false {
        all.append([])
      }
    }
    return all.filter { !$0.isEmpty }
  }

  private func drawBand(_ svg: inout SVG, _ layout: FigureLayout, _ line: Line, _ style: LineStyle) {
    for stretch in stretches(line, layout, { [$0.low, $0.high] }) {
      if stretch.count == 1, let only = stretch.first {
        // A band needs two points; a single one gets an error bar.
        svg.begin("g", ["stroke": style.color, "stroke-width": "1.2"])
        svg.line(only.x, only.ys[0], only.x, only.ys[1])
        for y in only.ys { svg.line(only.x - 3, y, only.x + 3, y) }
        svg.end()
        continue
      }
      let corners = stretch.map { ($0.x, $0.ys[1]) } + stretch.reversed().map { ($0.x, $0.ys[0]) }
      svg.element("path", ["d": Self.path(corners) + "Z", "fill": style.color, "fill-opacity": "0.16"])
    }
  }

  private func drawLine(_ svg: inout SVG, _ layout: FigureLayout, _ line: Line, _ style: LineStyle) {
    for stretch in stretches(line, layout, { [$0.y] }) where stretch.count > 1 {
      let path = Self.path(stretch.map { ($0.x, $0.ys[0]) })
      if let outline = style.outlineColor {
        svg.element(
          "path",
          [
            "d": path, "fill": "none", "stroke": outline, "stroke-width": "3", "stroke-dasharray": style.dash,
            "stroke-linejoin": "round",
          ])
      }
      svg.element(
        "path",
        [
          "d": path, "fill": "none", "stroke": style.color, "stroke-width": "1.8",
          "stroke-dasharray": style.dash, "stroke-linejoin": "round",
        ])
    }
  }

  private func drawMarkers(_ svg: inout SVG, _ layout: FigureLayout, _ line: Line, _ style: LineStyle) {
    for point in line.points {
      guard let position = visiblePosition(point, layout) else { continue }
      svg.marker(style, position.x, position.y, isOpen: !point.isComplete, note: point.note)
      if point.isTroubled { svg.cross(position.x, position.y, color: Self.ink) }
    }
  }

  /// The crosses of points that have no place in the plot because nothing was measured or because it lies
  /// outside the range: above the lower or below the upper edge, one over the other where several curves lose
  /// the same level.
  private func drawLosses(_ svg: inout SVG, _ layout: FigureLayout) {
    var taken: [(x: Double, atTop: Bool)] = []
    for (index, line) in lines.enumerated() {
      for point in line.points where point.isTroubled && visiblePosition(point, layout) == nil {
        guard let x = layout.x.position(point.x) else { continue }
        let atTop = point.y.flatMap(layout.y.position).map { $0 < layout.plot.top } ?? false
        let below = taken.count { abs($0.x - x) < 8 && $0.atTop == atTop }
        taken.append((x, atTop))
        let offset = 9 + 12 * Double(below)
        svg.cross(
          x, atTop ? layout.plot.top + offset : layout.plot.bottom - offset,
          color: LineStyle.curve(index).outlineColor ?? LineStyle.curve(index).color, note: point.note)
      }
    }
  }

  /// Where a point's marker stands; nil without a value or outside the plot.
  private func visiblePosition(_ point: Point, _ layout: FigureLayout) -> (x: Double, y: Double)? {
    let plot = layout.plot
    guard let x = layout.x.position(point.x), let y = point.y.flatMap(layout.y.position),
      x >= plot.left, x <= plot.right, y >= plot.top - 0.01, y <= plot.bottom + 0.01
    else { return nil }
    return (x, y)
  }

  private static func path(_ points: [(Double, Double)]) -> String {
    points.enumerated().map { index, point in
      (index == 0 ? "M" : "L") + SVG.number(point.0) + " " + SVG.number(point.1)
    }.joined()
  }

  // MARK: Legend and caption

  private func drawLegend(_ svg: inout SVG, _ layout: FigureLayout) {
    svg.begin("g", ["font-size": SVG.number(FigureLayout.legendSize)])
    for (index, entry) in layout.legend.enumerated() {
      let middle = entry.top - FigureLayout.legendSize * 0.35
      let end = entry.left + FigureLayout.sampleLength
      if index < lines.count {
        let style = LineStyle.curve(index)
        svg.begin("g", ["stroke": style.color, "stroke-width": "1.8"])
        if let outline = style.outlineColor {
          svg.begin("g", ["stroke": outline, "stroke-width": "3"])
          svg.line(entry.left, middle, end, middle, dash: style.dash)
          svg.end()
        }
        svg.line(entry.left, middle, end, middle, dash: style.dash)
        svg.marker(style, (entry.left + end) / 2, middle, isOpen: false, note: nil)
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

  private func drawCaption(_ svg: inout SVG, _ layout: FigureLayout) {
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

extension SVG {
  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, dash: String? = nil) {
    element(
      "line",
      [
        "x1": Self.number(x1), "y1": Self.number(y1), "x2": Self.number(x2), "y2": Self.number(y2),
        "stroke-dasharray": dash,
      ])
  }

  /// A marker at a point: filled with a white rim, so that markers that overlap can be told apart, or open where
  /// the point is incomplete.
  mutating func marker(_ style: LineStyle, _ x: Double, _ y: Double, isOpen: Bool, note: String?) {
    let radius = 3.7
    begin(
      "g",
      [
        "transform": "translate(\(Self.number(x)) \(Self.number(y)))",
        "fill": isOpen ? "#FFFFFF" : style.color,
        "stroke": style.outlineColor ?? (isOpen ? style.color : "#FFFFFF"),
        "stroke-width": isOpen ? "1.5" : "0.8",
      ])
    if let note { element("title", text: note) }
    if let outline = style.outline(radius) {
      element("path", ["d": outline])
    } else {
      element("circle", ["r": Self.number(radius)])
    }
    end()
  }

  /// The sign of a trial that collapsed, diverged or failed: a cross with a white rim.
  mutating func cross(_ x: Double, _ y: Double, color: String, note: String? = nil) {
    let r = 5.2
    let path =
      "M\(Self.number(x - r)) \(Self.number(y - r))L\(Self.number(x + r)) \(Self.number(y + r))"
      + "M\(Self.number(x - r)) \(Self.number(y + r))L\(Self.number(x + r)) \(Self.number(y - r))"
    begin("g", ["fill": "none"])
    if let note { element("title", text: note) }
    element("path", ["d": path, "stroke": "#FFFFFF", "stroke-width": "3.4"])
    element("path", ["d": path, "stroke": color, "stroke-width": "1.8"])
    end()
  }
}

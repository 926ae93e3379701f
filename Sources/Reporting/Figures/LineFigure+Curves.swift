extension LineFigure {
  /// Bands, lines and markers, clipped to the plotting area as far as they are lines.
  func drawCurves(_ svg: inout SVG, _ layout: FigureLayout) {
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
    for baseline in namedBaselines {
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
    for (index, line) in lines.enumerated() { drawBand(&svg, layout, line, style(index)) }
    for baseline in baselines {
      guard let line = baseline.line, let y = layout.y.position(baseline.y) else { continue }
      svg.begin(
        "g", ["stroke": style(line).color, "stroke-width": "1", "stroke-dasharray": "2 3"])
      svg.line(plot.left, y, plot.right, y)
      svg.end()
    }
    for (index, baseline) in namedBaselines.enumerated() {
      guard let y = layout.y.position(baseline.y) else { continue }
      svg.begin("g", Self.baselineStroke(index))
      svg.line(plot.left, y, plot.right, y)
      svg.end()
    }
    for (index, line) in lines.enumerated() where line.isJoined {
      drawLine(&svg, layout, line, style(index))
    }
    svg.end()
    for (index, line) in lines.enumerated() where line.hasMarkers {
      drawMarkers(&svg, layout, line, style(index))
    }
    if !isDetail { drawLosses(&svg, layout) }
  }

  /// The stroke of baseline `index`; several differ in their dashes.
  static func baselineStroke(_ index: Int) -> KeyValuePairs<String, String?> {
    let style = LineStyle.reference(index)
    return ["stroke": style.color, "stroke-width": "1.6", "stroke-dasharray": style.dash]
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
    if line.hasBars || hasErrorBars { return drawBars(&svg, layout, line, style) }
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

  /// Error bars in both directions at every point.
  private func drawBars(_ svg: inout SVG, _ layout: FigureLayout, _ line: Line, _ style: LineStyle) {
    svg.begin("g", ["stroke": style.outlineColor ?? style.color, "stroke-width": "1.1"])
    for point in line.points {
      guard let x = layout.x.position(point.x), let y = point.y.flatMap(layout.y.position) else { continue }
      if let low = point.low.flatMap(layout.y.position), let high = point.high.flatMap(layout.y.position) {
        svg.line(x, low, x, high)
        for end in [low, high] { svg.line(x - 3, end, x + 3, end) }
      }
      if let low = point.xLow.flatMap(layout.x.position), let high = point.xHigh.flatMap(layout.x.position) {
        svg.line(low, y, high, y)
        for end in [low, high] { svg.line(end, y - 3, end, y + 3) }
      }
    }
    svg.end()
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
          color: style(index).outlineColor ?? style(index).color, note: point.note)
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
}

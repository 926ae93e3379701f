/// Bars side by side: a quantity of several things, each in one or several series. Bars begin at 0, so that their lengths may be compared.
package struct BarFigure: Figure, Equatable {
  /// A bar for each thing.
  package struct Series: Sendable, Equatable {
    package var label: String
    /// One a thing; `nil` leaves a gap.
    package var values: [Double?]
    /// How far a value is uncertain, one a thing; empty for no error bars.
    package var bounds: [(low: Double, high: Double)?]

    package init(label: String, values: [Double?], bounds: [(low: Double, high: Double)?] = []) {
      (self.label, self.values, self.bounds) = (label, values, bounds)
    }

    package static func == (a: Series, b: Series) -> Bool {
      a.label == b.label && a.values == b.values
        && a.bounds.map { $0?.low } == b.bounds.map { $0?.low }
        && a.bounds.map { $0?.high } == b.bounds.map { $0?.high }
    }
  }

  package var title: String
  /// The names of the things, from left to right.
  package var labels: [String]
  /// What the things are: `class`; empty for nothing.
  package var xLabel: String
  package var y: Axis
  package var series: [Series]
  package var caption: String
  /// What draws the figure again.
  package var command: String?
  /// The program that drew it.
  package var generator: String?
  package var width = 480.0
  package var plotHeight = 240.0

  package init(
    title: String, labels: [String], xLabel: String = "", y: Axis, series: [Series], caption: String = "",
    command: String? = nil, generator: String? = nil
  ) {
    (self.title, self.labels, self.xLabel, self.y) = (title, labels, xLabel, y)
    (self.series, self.caption) = (series, caption)
    (self.command, self.generator) = (command, generator)
  }

  /// The figure as an SVG file.
  package var svg: String {
    let scale = AxisScale(.linear, limits: limits, start: plotHeight, end: 0)
    let ticks = scale.roundTicks(count: max(2, Int(plotHeight / 40)))
    let tickLabels = y.labels(ticks)
    let widest = tickLabels.map { TextWidth.of($0, size: FigureLayout.tickSize) }.max() ?? 0
    let left = FigureLayout.margin + FigureLayout.labelSize + 8 + widest + 8
    let right = width - FigureLayout.margin - 6
    let slot = (right - left) / Double(max(1, labels.count))
    let names = labels.map { TextWidth.of($0, size: FigureLayout.tickSize) }
    let isRising = names.contains { $0 > slot - 6 }
    let nameHeight =
      isRising
      ? ((names.max() ?? 0) + FigureLayout.tickSize) * 0.7072 + 8 : FigureLayout.tickSize + 8
    let xLabelBaseline = plotHeight + nameHeight + (xLabel.isEmpty ? 0 : FigureLayout.labelSize + 4)
    let (legend, bottom) = FigureLayout.legend(
      LineFigure(
        title: "", x: Axis(label: ""), y: y,
        lines: series.count > 1 ? series.map { .init(label: $0.label, points: []) } : [], width: width),
      top: xLabelBaseline + 8)
    let sheet = FigureSheet(
      title: title, description: description, caption: caption, command: command, generator: generator,
      width: width)
    return sheet.svg(height: bottom) { svg, top in
      svg.begin("g", ["transform": "translate(0 \(SVG.number(top)))"])
      drawAxes(&svg, scale, zip(ticks, tickLabels).map { ($0, $1) }, left, right)
      for (thing, label) in labels.enumerated() {
        let start = left + Double(thing) * slot
        drawBars(&svg, scale, thing, start, slot)
        let middle = start + slot / 2
        if isRising {
          svg.risingLabel(label, middle + 4, plotHeight + FigureLayout.tickSize)
        } else {
          svg.label(label, middle, plotHeight + 5 + FigureLayout.tickSize, anchor: "middle")
        }
      }
      if !xLabel.isEmpty {
        svg.label(
          xLabel, (left + right) / 2, xLabelBaseline, size: FigureLayout.labelSize, anchor: "middle")
      }
      for (index, entry) in legend.enumerated() {
        svg.bar(
          .series(index), left: entry.left + 12, top: entry.top - FigureLayout.legendSize + 2,
          width: FigureLayout.sampleLength - 14, height: FigureLayout.legendSize - 2)
        for (number, text) in entry.text.enumerated() {
          svg.label(
            text, entry.left + FigureLayout.sampleLength + FigureLayout.sampleGap,
            entry.top + Double(number) * (FigureLayout.legendSize + 6), size: FigureLayout.legendSize)
        }
      }
      svg.end()
    }
  }

  /// From 0 to a little above the highest bar, or below the lowest.
  private var limits: ClosedRange<Double> {
    if let limits = y.limits { return limits }
    let values = series.flatMap { series in
      series.values.compactMap { $0 } + series.bounds.flatMap { $0.map { [$0.low, $0.high] } ?? [] }
    }.filter(\.isFinite)
    let (low, high) = (min(0, values.min() ?? 0), max(0, values.max() ?? 0))
    guard high > low, (high - low).isFinite else { return 0...1 }
    let room = 0.05 * (high - low)
    return (low < 0 ? low - room : 0)...(high > 0 ? high + room : 0)
  }

  private func drawAxes(
    _ svg: inout SVG, _ scale: AxisScale, _ ticks: [(value: Double, label: String)], _ left: Double,
    _ right: Double
  ) {
    let placed = ticks.compactMap { tick in scale.position(tick.value).map { (y: $0, label: tick.label) } }
    svg.begin("g", ["stroke": "#E4E4E4", "stroke-width": "0.8"])
    for tick in placed { svg.line(left, tick.y, right, tick.y) }
    svg.end()
    svg.begin("g", ["stroke": "#333333", "stroke-width": "1"])
    svg.line(left, 0, left, plotHeight)
    let base = scale.position(0) ?? plotHeight
    svg.line(left, base, right, base)
    for tick in placed { svg.line(left - 4, tick.y, left, tick.y) }
    svg.end()
    for tick in placed { svg.label(tick.label, left - 7, tick.y + 4.3, anchor: "end") }
    svg.element(
      "text",
      [
        "font-size": SVG.number(FigureLayout.labelSize), "text-anchor": "middle",
        "transform":
          "translate(\(SVG.number(FigureLayout.margin + FigureLayout.labelSize - 2)) \(SVG.number(plotHeight / 2))) rotate(-90)",
      ], text: y.label)
  }

  private func drawBars(
    _ svg: inout SVG, _ scale: AxisScale, _ thing: Int, _ start: Double, _ slot: Double
  ) {
    let room = slot * 0.8
    let width = room / Double(max(1, series.count))
    for (index, one) in series.enumerated() {
      guard one.values.indices.contains(thing), let value = one.values[thing], value.isFinite,
        let edge = scale.position(min(max(value, scale.limits.lowerBound), scale.limits.upperBound)),
        let base = scale.position(max(0, scale.limits.lowerBound))
      else { continue }
      let left = start + slot * 0.1 + Double(index) * width
      let shown = y.labels([value])[0] + (y.format == .percent ? " %" : "")
      svg.bar(
        .series(index), left: left + 0.5, top: min(edge, base), width: max(1, width - 1),
        height: abs(edge - base), note: "\(labels[thing]), \(one.label): \(shown)")
      guard one.bounds.indices.contains(thing), let bounds = one.bounds[thing],
        let low = scale.position(bounds.low), let high = scale.position(bounds.high)
      else { continue }
      let middle = left + width / 2
      svg.begin("g", ["stroke": LineFigure.ink, "stroke-width": "1"])
      svg.line(middle, low, middle, high)
      for end in [low, high] { svg.line(middle - 2.5, end, middle + 2.5, end) }
      svg.end()
    }
  }

  /// What a screen reader says.
  private var description: String {
    "\(y.label) of \(labels.joined(separator: ", ")). Bars: \(series.map(\.label).joined(separator: "; "))."
  }
}

/// Histograms in small panels, one beside the other: how the values of several things are spread.
package struct HistogramFigure: Figure, Equatable {
  /// The values of one thing, counted in bins of one width.
  package struct Panel: Sendable, Equatable {
    package var title: String
    /// What the bins cover.
    package var range: ClosedRange<Double>
    /// The share of the values in each bin, 0…1.
    package var shares: [Double]
    /// The shares of what they are compared with, drawn as an outline; empty for nothing.
    package var reference: [Double]

    package init(title: String, range: ClosedRange<Double>, shares: [Double], reference: [Double] = []) {
      (self.title, self.range, self.shares, self.reference) = (title, range, shares, reference)
    }

    /// Counts values in bins. One at the upper end falls into the last bin, and what lies outside or is no number into none.
    ///
    /// - Parameter kept: which of the values count; `nil` for all.
    package static func shares(
      _ values: [Float], kept: [UInt8]? = nil, in range: ClosedRange<Double>, bins: Int
    ) -> [Double] {
      var counts = [Int](repeating: 0, count: bins)
      var total = 0
      let scale = Double(bins) / (range.upperBound - range.lowerBound)
      for (place, value) in values.enumerated() where kept.map({ $0[place] != 0 }) ?? true {
        total += 1
        guard range.contains(Double(value)) else { continue }
        counts[min(bins - 1, Int((Double(value) - range.lowerBound) * scale))] += 1
      }
      return counts.map { total == 0 ? 0 : Double($0) / Double(total) }
    }
  }

  package var title: String
  package var panels: [Panel]
  package var caption: String
  /// What draws the figure again.
  package var command: String?
  /// The program that drew it.
  package var generator: String?

  package init(
    title: String, panels: [Panel], caption: String = "", command: String? = nil, generator: String? = nil
  ) {
    (self.title, self.panels, self.caption) = (title, panels, caption)
    (self.command, self.generator) = (command, generator)
  }

  private static let size = (width: 150.0, height: 84.0)
  private static let gap = (x: 18.0, y: 14.0)
  private static let titleHeight = 16.0
  private static let mostColumns = 3

  /// The figure as an SVG file.
  package var svg: String {
    let columns = max(1, min(Self.mostColumns, panels.count))
    let rows = (panels.count + columns - 1) / columns
    let width =
      2 * FigureLayout.margin + Double(Self.mostColumns) * (Self.size.width + Self.gap.x) - Self.gap.x
    let step = Self.titleHeight + Self.size.height + FigureLayout.captionSize + 6 + Self.gap.y
    let sheet = FigureSheet(
      title: title, description: "Histograms of \(panels.map(\.title).joined(separator: "; ")).",
      caption: caption, command: command, generator: generator, width: width)
    let used = Double(columns) * (Self.size.width + Self.gap.x) - Self.gap.x
    return sheet.svg(height: Double(rows) * step) { svg, top in
      for (place, panel) in panels.enumerated() {
        let left = (width - used) / 2 + Double(place % columns) * (Self.size.width + Self.gap.x)
        svg.begin(
          "g",
          ["transform": "translate(\(SVG.number(left)) \(SVG.number(top + Double(place / columns) * step)))"])
        draw(&svg, panel)
        svg.end()
      }
    }
  }

  /// Draws a panel from its upper left corner.
  private func draw(_ svg: inout SVG, _ panel: Panel) {
    let (top, bottom) = (Self.titleHeight, Self.titleHeight + Self.size.height)
    let name = TextWidth.wrap(panel.title, size: FigureLayout.captionSize, width: Self.size.width)
    svg.label(name.first ?? "", Self.size.width / 2, 11, size: FigureLayout.captionSize, anchor: "middle")
    let highest = (panel.shares + panel.reference).max() ?? 0
    func height(_ share: Double) -> Double { highest > 0 ? share / highest * Self.size.height : 0 }
    let width = Self.size.width / Double(max(1, panel.shares.count))
    let step = (panel.range.upperBound - panel.range.lowerBound) / Double(max(1, panel.shares.count))
    svg.begin("g", ["fill": LineStyle.palette[0], "fill-opacity": "0.75"])
    for (bin, share) in panel.shares.enumerated() where share > 0 {
      let from = panel.range.lowerBound + Double(bin) * step
      svg.begin("g")
      svg.element(
        "title",
        text:
          "\(Self.text(from)) to \(Self.text(from + step)): \(NumberText.fixed(share * 100, decimals: 2)) %")
      svg.element(
        "rect",
        [
          "x": SVG.number(Double(bin) * width), "y": SVG.number(bottom - height(share)),
          "width": SVG.number(width), "height": SVG.number(height(share)),
        ])
      svg.end()
    }
    svg.end()
    if !panel.reference.isEmpty {
      let step = Self.size.width / Double(panel.reference.count)
      var path = "M0 \(SVG.number(bottom))"
      for (bin, share) in panel.reference.enumerated() {
        let y = SVG.number(bottom - height(share))
        path += "L\(SVG.number(Double(bin) * step)) \(y)L\(SVG.number(Double(bin + 1) * step)) \(y)"
      }
      svg.element(
        "path",
        [
          "d": path + "L\(SVG.number(Self.size.width)) \(SVG.number(bottom))", "fill": "none",
          "stroke": LineFigure.ink, "stroke-width": "1",
        ])
    }
    svg.begin("g", ["stroke": "#333333", "stroke-width": "1"])
    svg.line(0, bottom, Self.size.width, bottom)
    let zero = AxisScale(.linear, limits: panel.range, start: 0, end: Self.size.width).position(0) ?? 0
    if panel.range.contains(0) { svg.line(zero, bottom, zero, bottom + 4) }
    svg.end()
    if panel.range.contains(0) {
      svg.begin("g", ["stroke": "#999999", "stroke-width": "0.6"])
      svg.line(zero, top, zero, bottom)
      svg.end()
    }
    let base = bottom + FigureLayout.captionSize + 4
    svg.label(Self.text(panel.range.lowerBound), 0, base, size: FigureLayout.captionSize)
    svg.label(
      Self.text(panel.range.upperBound), Self.size.width, base, size: FigureLayout.captionSize, anchor: "end")
    svg.label(
      "\(NumberText.fixed(highest * 100, decimals: 1)) %", 2, top + 9, size: 9, fill: "#555555")
  }

  /// An end of a range, with three digits.
  private static func text(_ value: Double) -> String {
    let magnitude = abs(value)
    let decimals = magnitude == 0 || magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 3
    let text = NumberText.trimmed(value, decimals: decimals)
    return text.hasPrefix("-") ? "\u{2212}" + text.dropFirst() : text
  }
}

/// Things compared with one another: a square that says what each two of them share, and beside each row bars of its quantities.
package struct ComparisonFigure: Figure, Equatable {
  /// A quantity of each thing, drawn from 0.
  package struct Bars: Sendable, Equatable {
    /// What stands above them, with the unit.
    package var title: String
    /// One a row; `nil` where there is none.
    package var values: [Double?]
    /// How they are written beside the bars.
    package var format: Table.Format

    package init(_ title: String, _ values: [Double?], format: Table.Format) {
      (self.title, self.values, self.format) = (title, values, format)
    }

    /// What stands beside a bar.
    fileprivate func text(_ value: Double?) -> String {
      value.map { $0.isNaN ? "–" : format.text($0) } ?? "–"
    }
  }

  /// What stands above everything.
  package var title: String
  /// The name of each thing.
  package var labels: [String]
  /// What stands above the square.
  package var sharedTitle: String
  /// What each two share, a fraction 0…1, by row and column; `nil` where they cannot be compared.
  package var shared: [[Double?]]
  /// The quantities beside the square.
  package var bars: [Bars]
  /// What stands below everything.
  package var caption: String
  /// What draws the figure again.
  package var command: String?
  /// The program that drew it.
  package var generator: String?

  package init(
    title: String, labels: [String], sharedTitle: String, shared: [[Double?]], bars: [Bars],
    caption: String = "", command: String? = nil, generator: String? = nil
  ) {
    (self.title, self.labels, self.sharedTitle, self.shared) = (title, labels, sharedTitle, shared)
    (self.bars, self.caption, self.command, self.generator) = (bars, caption, command, generator)
  }

  private static let cell = 26.0
  private static let barWidth = 90.0
  private static let barSpace = 24.0
  private static let size = FigureLayout.tickSize
  /// The colour of a shared fraction of 1; 0 is white.
  private static let full = (red: 0.0, green: 114.0, blue: 178.0)

  private var labelWidth: Double { labels.map { TextWidth.of($0, size: Self.size) }.max() ?? 0 }

  /// The figure as an SVG file.
  package var svg: String {
    let left = FigureLayout.margin + labelWidth + 8
    let side = Double(labels.count) * Self.cell
    // The numbers behind the bars need room of their own.
    let numbers = bars.map { bar in
      bar.values.map { TextWidth.of(bar.text($0), size: Self.size) }.max() ?? 0
    }
    var starts: [Double] = []
    var right = left + side
    for (bar, number) in zip(bars, numbers) {
      starts.append(right + Self.barSpace)
      right += Self.barSpace + max(Self.barWidth + 6 + number, TextWidth.of(bar.title, size: Self.size))
    }
    let width = right + FigureLayout.margin
    let inner = width - 2 * FigureLayout.margin
    let heading = TextWidth.wrap(title, size: FigureLayout.titleSize, width: inner, bold: true)
    let words = TextWidth.wrap(caption, size: FigureLayout.captionSize, width: inner)
    let top =
      FigureLayout.margin + Double(heading.count) * (FigureLayout.titleSize + 4) + Self.size + 14
    // Names under the square are turned by 45°.
    let namesTop = top + side
    let namesHeight = (labelWidth + Self.size) * 0.7072 + 8
    let captionTop = namesTop + namesHeight + 4
    let height =
      captionTop + Double(words.count) * (FigureLayout.captionSize + 4) + FigureLayout.margin

    var svg = SVG()
    svg.beginPage(
      width: width, height: height.rounded(.up), title: title, description: description,
      generator: generator, command: command)
    for (index, line) in heading.enumerated() {
      svg.text(
        line, width / 2, FigureLayout.margin + Double(index + 1) * (FigureLayout.titleSize + 4) - 4,
        size: FigureLayout.titleSize, anchor: "middle", weight: "bold")
    }
    svg.text(sharedTitle, left, top - 8, size: Self.size)
    for (row, label) in labels.enumerated() {
      let middle = top + (Double(row) + 0.5) * Self.cell
      svg.text(label, left - 8, middle + 4, size: Self.size, anchor: "end")
      for column in labels.indices { drawCell(&svg, row, column, left, top) }
    }
    for (column, label) in labels.enumerated() {
      let x = left + (Double(column) + 0.5) * Self.cell
      let y = namesTop + Self.size
      svg.element(
        "text",
        [
          "font-size": SVG.number(Self.size), "text-anchor": "end",
          "transform": "translate(\(SVG.number(x + 3)) \(SVG.number(y))) rotate(-45)",
        ], text: label)
    }
    for (bar, start) in zip(bars, starts) { draw(&svg, bar, start, top) }
    for (index, line) in words.enumerated() {
      svg.text(
        line, FigureLayout.margin, captionTop + Double(index + 1) * (FigureLayout.captionSize + 4) - 4,
        size: FigureLayout.captionSize)
    }
    svg.end()
    return svg.text
  }

  /// What a screen reader says.
  private var description: String {
    let quantities = ([sharedTitle] + bars.map(\.title)).joined(separator: "; ")
    return "Compared: \(labels.joined(separator: ", ")). Shown: \(quantities). \(caption)"
  }

  private func drawCell(_ svg: inout SVG, _ row: Int, _ column: Int, _ left: Double, _ top: Double) {
    let value = shared[row][column]
    let (x, y) = (left + Double(column) * Self.cell, top + Double(row) * Self.cell)
    let share = min(max(value ?? 0, 0), 1)
    func mixed(_ part: Double) -> String { NumberText.fixed(255 + share * (part - 255), decimals: 0) }
    svg.begin("g")
    svg.element("title", text: "\(labels[row]) and \(labels[column]): \(Self.percent(value))")
    svg.element(
      "rect",
      [
        "x": SVG.number(x), "y": SVG.number(y), "width": SVG.number(Self.cell),
        "height": SVG.number(Self.cell),
        "fill":
          "rgb(\(mixed(Self.full.red)), \(mixed(Self.full.green)), \(mixed(Self.full.blue)))",
        "stroke": "#FFFFFF",
      ])
    svg.text(
      Self.percent(value), x + Self.cell / 2, y + Self.cell / 2 + 4, size: 10, anchor: "middle",
      fill: share > 0.55 ? "#FFFFFF" : nil)
    svg.end()
  }

  private static func percent(_ value: Double?) -> String {
    value.map { NumberText.fixed($0 * 100, decimals: 0) } ?? "–"
  }

  private func draw(_ svg: inout SVG, _ bar: Bars, _ start: Double, _ top: Double) {
    svg.text(bar.title, start, top - 8, size: Self.size)
    let largest = bar.values.compactMap { $0 }.filter(\.isFinite).max() ?? 0
    for (row, value) in bar.values.enumerated() {
      let y = top + Double(row) * Self.cell
      // A quantity below 0 has no bar: its number says it.
      let finite = value.map { $0.isFinite && largest > 0 ? min(max($0 / largest, 0), 1) : 0 } ?? 0
      let length = (value == .infinity ? 1 : finite) * Self.barWidth
      svg.element(
        "rect",
        [
          "x": SVG.number(start), "y": SVG.number(y + 6), "width": SVG.number(length),
          "height": SVG.number(Self.cell - 12), "fill": LineStyle.palette[1],
        ])
      svg.text(bar.text(value), start + length + 6, y + Self.cell / 2 + 4, size: Self.size)
    }
    svg.begin("g", ["stroke": LineFigure.ink, "stroke-width": "0.8"])
    svg.line(start, top, start, top + Double(labels.count) * Self.cell)
    svg.end()
  }
}

extension SVG {
  /// A line of text whose baseline begins, ends or has its middle at a point.
  fileprivate mutating func text(
    _ text: String, _ x: Double, _ y: Double, size: Double, anchor: String? = nil, weight: String? = nil,
    fill: String? = nil
  ) {
    element(
      "text",
      [
        "x": SVG.number(x), "y": SVG.number(y), "font-size": SVG.number(size), "font-weight": weight,
        "text-anchor": anchor, "fill": fill,
      ], text: text)
  }
}

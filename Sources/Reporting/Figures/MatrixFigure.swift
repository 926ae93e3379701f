/// Numbers by rows and columns as shades of one colour, white for the least, so that it reads in grey: what methods have in common,
/// what survives of every pixel. Numbers stand in the cells where these are wide enough.
package struct MatrixFigure: Figure, Equatable {
  /// One matrix. All of a figure have the same rows and columns.
  package struct Panel: Sendable, Equatable {
    /// What stands above it; empty for nothing.
    package var title: String
    /// The numbers by row and column; `nil` where there is none.
    package var values: [[Double?]]
    /// What is darkest in it, where that is not what is darkest in all; said in its title.
    package var top: Double?

    package init(_ title: String, _ values: [[Double?]]) { (self.title, self.values) = (title, values) }
  }

  /// What stands above everything.
  package var title: String
  /// What the rows are, from top to bottom, and what they are called together.
  package var rows: [String]
  package var rowTitle: String
  /// What the columns are, from left to right, and what they are called together.
  package var columns: [String]
  package var columnTitle: String
  /// What the numbers are, with the unit, and how they are written.
  package var valueTitle: String
  package var format: Table.Format
  /// What is white and what is darkest.
  package var bounds: ClosedRange<Double>
  package var panels: [Panel]
  /// What stands below everything.
  package var caption: String
  /// What draws the figure again.
  package var command: String?
  /// The program that drew it.
  package var generator: String?
  /// The width in points, before scaling.
  package var width = 480.0
  /// What widths, heights and letters are multiplied by on the page.
  package var scale = 1.0

  package init(
    title: String, rows: [String], rowTitle: String = "", columns: [String], columnTitle: String = "",
    valueTitle: String, format: Table.Format, bounds: ClosedRange<Double>, panels: [Panel],
    caption: String = "", command: String? = nil, generator: String? = nil
  ) {
    (self.title, self.rows, self.rowTitle) = (title, rows, rowTitle)
    (self.columns, self.columnTitle) = (columns, columnTitle)
    (self.valueTitle, self.format, self.bounds) = (valueTitle, format, bounds)
    (self.panels, self.caption, self.command, self.generator) = (panels, caption, command, generator)
  }

  /// The figure as an SVG file.
  package var svg: String {
    let layout = MatrixLayout(self)
    var svg = SVG()
    svg.beginPage(
      width: width, height: layout.height, scale: scale, title: title, description: description,
      generator: generator, command: command)
    for (index, line) in layout.title.enumerated() {
      svg.label(
        line, width / 2, FigureLayout.margin + Double(index + 1) * (FigureLayout.titleSize + 4) - 4,
        size: FigureLayout.titleSize, anchor: "middle", weight: "bold")
    }
    for (index, panel) in panels.enumerated() { draw(&svg, panel, index, layout) }
    drawScale(&svg, layout)
    for (index, line) in layout.caption.enumerated() {
      svg.label(
        line, FigureLayout.margin,
        layout.captionTop + Double(index + 1) * (FigureLayout.captionSize + 4) - 4,
        size: FigureLayout.captionSize, fill: "#555555")
    }
    svg.end()
    return svg.text
  }

  /// What a screen reader says.
  private var description: String {
    let names = panels.map(\.title).filter { !$0.isEmpty }
    return "\(valueTitle) by \(rowTitle.isEmpty ? "row" : rowTitle) and "
      + "\(columnTitle.isEmpty ? "column" : columnTitle)."
      + (names.isEmpty ? "" : " Panels: \(names.joined(separator: "; ")).")
      + (caption.isEmpty ? "" : " \(caption)")
  }

  /// A number in a cell: percents without the sign and decimals.
  func text(_ value: Double) -> String {
    switch format {
    case .percent: NumberText.fixed(value * 100, decimals: 0)
    case .integer: NumberText.fixed(value, decimals: 0)
    default: NumberText.trimmed(value, decimals: 2)
    }
  }

  /// What stands above a panel.
  func title(of panel: Panel) -> String {
    guard let top = panel.top else { return panel.title }
    return panel.title + (panel.title.isEmpty ? "" : " ") + "(up to \(text(top)))"
  }

  /// How dark a number is, in steps of 1/64, 0…1.
  private func shade(_ value: Double, _ panel: Panel) -> Double {
    let span = (panel.top ?? bounds.upperBound) - bounds.lowerBound
    guard span > 0, value.isFinite else { return value > bounds.lowerBound ? 1 : 0 }
    return (min(max((value - bounds.lowerBound) / span, 0), 1) * 64).rounded() / 64
  }

  /// From white to a blue that is nearly black: ever darker, in colour and in grey.
  private static func color(_ shade: Double) -> String {
    let (middle, dark) = ((red: 66.0, green: 146.0, blue: 198.0), (red: 8.0, green: 32.0, blue: 80.0))
    func mixed(_ middle: Double, _ dark: Double) -> String {
      let value = shade < 0.5 ? 255 + 2 * shade * (middle - 255) : middle + (2 * shade - 1) * (dark - middle)
      return NumberText.fixed(value, decimals: 0)
    }
    return "rgb(\(mixed(middle.red, dark.red)),\(mixed(middle.green, dark.green)),"
      + "\(mixed(middle.blue, dark.blue)))"
  }

  private func draw(
    _ svg: inout SVG, _ panel: Panel, _ index: Int, _ layout: MatrixLayout
  ) {
    let (cell, height, place) = (layout.cellWidth, layout.cellHeight, layout.places[index])
    let (left, top) = (place.left, place.top + layout.panelTitleHeight)
    let (right, bottom) = (left + Double(columns.count) * cell, top + Double(rows.count) * height)
    for (index, line) in layout.panelTitle(title(of: panel)).enumerated() {
      svg.label(line, left, place.top + Double(index + 1) * 13 - 3, size: MatrixLayout.labelSize)
    }
    for (row, values) in panel.values.enumerated() {
      let y = top + Double(row) * height
      for run in runs(of: values, panel, hasNumbers: layout.hasNumbers) {
        let x = left + Double(run.first) * cell
        svg.element(
          "rect",
          [
            "x": SVG.number(x), "y": SVG.number(y), "width": SVG.number(Double(run.count) * cell),
            "height": SVG.number(height), "fill": run.value.map { Self.color(shade($0, panel)) } ?? "#FFFFFF",
            "stroke": layout.hasNumbers ? "#FFFFFF" : nil,
          ])
        if layout.hasNumbers {
          let isDark = run.value.map { shade($0, panel) > 0.45 } ?? false
          svg.label(
            run.value.map(text) ?? "–", x + cell / 2, y + height / 2 + 3.3, size: MatrixLayout.numberSize,
            anchor: "middle", fill: isDark ? "#FFFFFF" : run.value == nil ? "#888888" : nil)
        } else if run.value == nil {
          svg.begin("g", ["stroke": "#BBBBBB", "stroke-width": "0.6"])
          svg.line(x, y + height, x + Double(run.count) * cell, y)
          svg.end()
        }
      }
    }
    svg.element(
      "rect",
      [
        "x": SVG.number(left), "y": SVG.number(top), "width": SVG.number(right - left),
        "height": SVG.number(bottom - top), "fill": "none", "stroke": "#777777", "stroke-width": "0.6",
      ])
    for row in layout.isFirst(index) ? layout.rowsLabelled : [] {
      svg.label(
        rows[row], left - 5, top + (Double(row) + 0.5) * height + 3.6, size: MatrixLayout.labelSize,
        anchor: "end")
    }
    for column in layout.isLast(index) ? layout.columnsLabelled : [] {
      let x = left + (Double(column) + 0.5) * cell
      if layout.isTurned {
        svg.element(
          "text",
          [
            "font-size": SVG.number(MatrixLayout.labelSize), "text-anchor": "end",
            "transform":
              "translate(\(SVG.number(x + 3)) \(SVG.number(bottom + MatrixLayout.labelSize + 2))) rotate(-45)",
          ], text: columns[column])
      } else {
        svg.label(
          columns[column], x, bottom + MatrixLayout.labelSize + 3, size: MatrixLayout.labelSize,
          anchor: "middle")
      }
    }
    if !columnTitle.isEmpty, layout.isLast(index) {
      svg.label(
        columnTitle, (left + right) / 2, bottom + layout.columnLabelHeight + MatrixLayout.labelSize,
        size: MatrixLayout.labelSize, anchor: "middle")
    }
    if !rowTitle.isEmpty, layout.isFirst(index) {
      svg.element(
        "text",
        [
          "font-size": SVG.number(MatrixLayout.labelSize), "text-anchor": "middle",
          "transform":
            "translate(\(SVG.number(FigureLayout.margin + MatrixLayout.labelSize - 1)) \(SVG.number((top + bottom) / 2))) rotate(-90)",
        ], text: rowTitle)
    }
  }

  /// Cells side by side that look alike, as one: of many cells without numbers there are far fewer of them.
  private func runs(
    of values: [Double?], _ panel: Panel, hasNumbers: Bool
  ) -> [(first: Int, count: Int, value: Double?)] {
    var runs: [(first: Int, count: Int, value: Double?)] = []
    for (index, value) in values.enumerated() {
      if !hasNumbers, let last = runs.last,
        last.value.map({ shade($0, panel) }) == value.map({ shade($0, panel) })
      {
        runs[runs.count - 1].count += 1
      } else {
        runs.append((index, 1, value))
      }
    }
    return runs
  }

  /// What shades mean.
  private func drawScale(_ svg: inout SVG, _ layout: MatrixLayout) {
    let (steps, step, height) = (16, 8.0, 9.0)
    let (left, top) = (FigureLayout.margin, layout.scaleTop)
    let low = text(bounds.lowerBound)
    let lowWidth = TextWidth.of(low, size: MatrixLayout.labelSize) + 5
    svg.label(low, left, top + height, size: MatrixLayout.labelSize)
    for index in 0..<steps {
      svg.element(
        "rect",
        [
          "x": SVG.number(left + lowWidth + Double(index) * step), "y": SVG.number(top),
          "width": SVG.number(step), "height": SVG.number(height),
          "fill": Self.color(Double(index) / Double(steps - 1)),
        ])
    }
    let end = left + lowWidth + Double(steps) * step
    svg.element(
      "rect",
      [
        "x": SVG.number(left + lowWidth), "y": SVG.number(top), "width": SVG.number(Double(steps) * step),
        "height": SVG.number(height), "fill": "none", "stroke": "#777777", "stroke-width": "0.6",
      ])
    let most = panels.contains { $0.top != nil } ? "most of each" : text(bounds.upperBound)
    svg.label("\(most)   \(valueTitle)", end + 5, top + height, size: MatrixLayout.labelSize)
  }
}

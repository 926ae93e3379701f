/// Methods against methods: in each cell by how much the method of the row exceeds that of the column, and the p of the difference. What is
/// significant has a thick frame; the colour says sign and size, and the sign is written too.
package struct SignificanceFigure: Figure, Equatable {
  /// A comparison of two methods.
  package struct Comparison: Sendable, Equatable {
    package var row: String
    package var column: String
    /// The mean difference, row less column.
    package var difference: Double
    /// The p of the test, corrected for the number of tests where that was asked for; `nil` where there is no test.
    package var p: Double?
    /// How many pairs it is the mean of.
    package var n: Int

    package init(_ row: String, _ column: String, difference: Double, p: Double?, n: Int) {
      (self.row, self.column, self.difference, self.p, self.n) = (row, column, difference, p, n)
    }
  }

  package var title: String
  /// The methods, from top to bottom and from left to right.
  package var labels: [String]
  /// Each two methods once, in either order.
  package var comparisons: [Comparison]
  /// How differences are written.
  package var format: Table.Format
  /// Below which p a difference is significant.
  package var level: Double
  package var caption: String
  /// What draws the figure again.
  package var command: String?
  /// The program that drew it.
  package var generator: String?

  package init(
    title: String, labels: [String], comparisons: [Comparison], format: Table.Format, level: Double = 0.05,
    caption: String = "", command: String? = nil, generator: String? = nil
  ) {
    (self.title, self.labels, self.comparisons, self.format) = (title, labels, comparisons, format)
    (self.level, self.caption, self.command, self.generator) = (level, caption, command, generator)
  }

  private static let cell = (width: 62.0, height: 38.0)
  private static let size = FigureLayout.tickSize
  private static let above = (red: 0.0, green: 114.0, blue: 178.0)
  private static let below = (red: 213.0, green: 94.0, blue: 0.0)

  /// What a cell shows: the comparison as it stands, or turned round.
  private func comparison(_ row: Int, _ column: Int) -> Comparison? {
    let (one, other) = (labels[row], labels[column])
    if let found = comparisons.first(where: { $0.row == one && $0.column == other }) { return found }
    guard let found = comparisons.first(where: { $0.row == other && $0.column == one }) else { return nil }
    return Comparison(one, other, difference: -found.difference, p: found.p, n: found.n)
  }

  /// The figure as an SVG file.
  package var svg: String {
    let names = labels.map { TextWidth.of($0, size: Self.size) }.max() ?? 0
    let left = FigureLayout.margin + names + 8
    let side = (
      width: Double(labels.count) * Self.cell.width, height: Double(labels.count) * Self.cell.height
    )
    let isRising = names > Self.cell.width - 4
    let nameHeight = isRising ? (names + Self.size) * 0.7072 + 8 : Self.size + 8
    let sheet = FigureSheet(
      title: title, description: "Differences between \(labels.joined(separator: ", ")), row less column.",
      caption: sentence, command: command, generator: generator,
      width: max(left + side.width + FigureLayout.margin, 300))
    let largest = comparisons.map { abs($0.difference) }.filter(\.isFinite).max() ?? 0
    return sheet.svg(height: side.height + nameHeight) { svg, top in
      for (row, label) in labels.enumerated() {
        let y = top + Double(row) * Self.cell.height
        svg.label(label, left - 8, y + Self.cell.height / 2 + 4, size: Self.size, anchor: "end")
        for column in labels.indices where column != row {
          draw(
            &svg, comparison(row, column), left + Double(column) * Self.cell.width, y, largest, isThick: false
          )
        }
      }
      // Thick frames lie over the cells beside them.
      for row in labels.indices {
        for column in labels.indices where column != row {
          let place = (left + Double(column) * Self.cell.width, top + Double(row) * Self.cell.height)
          draw(&svg, comparison(row, column), place.0, place.1, largest, isThick: true)
        }
      }
      for (column, label) in labels.enumerated() {
        let x = left + (Double(column) + 0.5) * Self.cell.width
        if isRising {
          svg.risingLabel(label, x + 3, top + side.height + Self.size)
        } else {
          svg.label(label, x, top + side.height + 4 + Self.size, size: Self.size, anchor: "middle")
        }
      }
    }
  }

  private var sentence: String {
    "Row less column, and p. Thick frames: p ≤ \(NumberText.exact(level))."
      + (caption.isEmpty ? "" : " " + caption)
  }

  private func draw(
    _ svg: inout SVG, _ comparison: Comparison?, _ x: Double, _ y: Double, _ largest: Double, isThick: Bool
  ) {
    let isSignificant = comparison?.p.map { $0 <= level } ?? false
    if isThick {
      guard isSignificant else { return }
      svg.element(
        "rect",
        [
          "x": SVG.number(x + 1), "y": SVG.number(y + 1), "width": SVG.number(Self.cell.width - 2),
          "height": SVG.number(Self.cell.height - 2), "fill": "none", "stroke": LineFigure.ink,
          "stroke-width": "2",
        ])
      return
    }
    let difference = comparison?.difference ?? .nan
    let share = difference.isFinite && largest > 0 ? 0.65 * abs(difference) / largest : 0
    let full = difference < 0 ? Self.below : Self.above
    func mixed(_ part: Double) -> String { NumberText.fixed(255 + share * (part - 255), decimals: 0) }
    let number = difference.isFinite ? format.text(difference, signed: true) : "–"
    let p =
      comparison?.p.map { $0 < 0.001 ? "p < 0.001" : "p = \(NumberText.fixed($0, decimals: 3))" } ?? "no test"
    svg.begin("g")
    if let comparison {
      svg.element(
        "title", text: "\(comparison.row) less \(comparison.column): \(number), \(p), n = \(comparison.n)")
    }
    svg.element(
      "rect",
      [
        "x": SVG.number(x), "y": SVG.number(y), "width": SVG.number(Self.cell.width),
        "height": SVG.number(Self.cell.height),
        "fill": "rgb(\(mixed(full.red)), \(mixed(full.green)), \(mixed(full.blue)))", "stroke": "#CCCCCC",
      ])
    let middle = x + Self.cell.width / 2
    svg.label(
      number.hasPrefix("-") ? "\u{2212}" + number.dropFirst() : number, middle, y + 17, size: Self.size,
      anchor: "middle", weight: isSignificant ? "bold" : nil)
    if comparison != nil { svg.label(p, middle, y + 31, size: 9.5, anchor: "middle") }
    svg.end()
  }
}

/// The page of a figure: the title above what is drawn, and the caption below it.
struct FigureSheet {
  var title: String
  /// What a screen reader says, before the caption.
  var description: String
  var caption: String
  var command: String?
  var generator: String?
  let width: Double

  /// The width between the margins.
  var inner: Double { width - 2 * FigureLayout.margin }

  /// The SVG file.
  ///
  /// - Parameters:
  ///   - height: that of what is drawn.
  ///   - draw: draws it below `top`.
  func svg(height: Double, _ draw: (inout SVG, _ top: Double) -> Void) -> String {
    let heading = TextWidth.wrap(title, size: FigureLayout.titleSize, width: inner, bold: true)
    let words = TextWidth.wrap(caption, size: FigureLayout.captionSize, width: inner)
    let top =
      FigureLayout.margin + Double(heading.count) * (FigureLayout.titleSize + 4) + (heading.isEmpty ? 4 : 8)
    let bottom = top + height
    let room = words.isEmpty ? 0 : 6 + Double(words.count) * (FigureLayout.captionSize + 4)
    var svg = SVG()
    svg.beginPage(
      width: width, height: (bottom + room + FigureLayout.margin).rounded(.up), title: title,
      description: ([description] + (caption.isEmpty ? [] : [caption])).joined(separator: " "),
      generator: generator, command: command)
    for (index, line) in heading.enumerated() {
      svg.label(
        line, width / 2, FigureLayout.margin + Double(index + 1) * (FigureLayout.titleSize + 4) - 4,
        size: FigureLayout.titleSize, anchor: "middle", weight: "bold")
    }
    draw(&svg, top)
    for (index, line) in words.enumerated() {
      svg.label(
        line, FigureLayout.margin, bottom + 2 + Double(index + 1) * (FigureLayout.captionSize + 4),
        size: FigureLayout.captionSize, fill: "#555555")
    }
    svg.end()
    return svg.text
  }
}

extension SVG {
  /// A line of text whose baseline begins, ends or has its middle at a point.
  mutating func label(
    _ text: String, _ x: Double, _ y: Double, size: Double = FigureLayout.tickSize, anchor: String? = nil,
    weight: String? = nil, fill: String? = nil
  ) {
    element(
      "text",
      [
        "x": SVG.number(x), "y": SVG.number(y), "font-size": SVG.number(size), "font-weight": weight,
        "text-anchor": anchor, "fill": fill,
      ], text: text)
  }

  /// A line of text that ends at a point and rises to it by 45°.
  mutating func risingLabel(_ text: String, _ x: Double, _ y: Double, size: Double = FigureLayout.tickSize) {
    element(
      "text",
      [
        "font-size": SVG.number(size), "text-anchor": "end",
        "transform": "translate(\(SVG.number(x)) \(SVG.number(y))) rotate(-45)",
      ], text: text)
  }
}

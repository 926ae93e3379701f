extension SVG {
  private static let fontFamily = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"

  /// Opens a white page of this size in points times `scale`, with what a reader and a program must know of it.
  mutating func beginPage(
    width: Double, height: Double, scale: Double = 1, title: String, description: String,
    generator: String?, command: String?
  ) {
    begin(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "width": Self.number(width * scale) + "pt",
        "height": Self.number(height * scale) + "pt",
        "viewBox": "0 0 \(Self.number(width)) \(Self.number(height))",
        "role": "img", "font-family": Self.fontFamily, "fill": LineFigure.ink, "data-generator": generator,
        "data-command": command,
      ])
    element("title", text: title)
    element("desc", text: description)
    element("rect", ["width": "100%", "height": "100%", "fill": "#FFFFFF"])
  }

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

import CoppiceTerms

extension LineFigure: VegaFigure {
  package var vegaView: [(name: String, value: JSON)] {
    [
      ("description", .text(description)), ("title", heading),
      (
        "usermeta",
        .members([
          ("generator", generator.map(JSON.text) ?? .null), ("command", command.map(JSON.text) ?? .null),
        ])
      ),
      ("width", .number(width)), ("height", .number(plotHeight)),
      ("data", .members([("values", .list(values))])),
      (
        "layer",
        .list(
          (baselineLayers + bandLayers + [lineLayer, pointLayer] + crossLayers).map(JSON.members))
      ),
    ]
  }

  /// The title over what lines, bands and n are.
  private var heading: JSON {
    let lines = TextWidth.wrap(caption, size: FigureLayout.captionSize, width: width)
    return .members([
      ("text", .text(title)), ("subtitle", .list(lines.map(JSON.text))), ("anchor", .text("start")),
    ])
  }

  /// One object a point. A stretch is a part of a line without gaps, which lines and bands do not bridge.
  private var values: [JSON] {
    lines.flatMap { line in
      var stretch = 0
      return line.points.enumerated().map { place, point in
        if point.y == nil { stretch += 1 }
        return JSON.members([
          ("curve", .text(line.label)), ("place", .integer(place)), ("stretch", .integer(stretch)),
          ("x", .number(point.x)), ("y", .number(point.y)), ("low", .number(point.low)),
          ("high", .number(point.high)), ("xLow", .number(point.xLow)), ("xHigh", .number(point.xHigh)),
          ("complete", .flag(point.isComplete)), ("troubled", .flag(point.isTroubled)),
          ("marked", .flag(line.hasMarkers)), ("joined", .flag(line.isJoined)),
          ("barred", .flag(line.hasBars)), ("note", point.note.map(JSON.text) ?? .null),
        ])
      }
    }
  }

  // MARK: Layers

  private typealias Members = [(name: String, value: JSON)]

  private func layer(_ mark: Members, where test: String? = nil, _ encoding: Members) -> Members {
    (test.map { test in
      [("transform", JSON.list([.members([("filter", .text(test))])]))]
    } ?? []) + [("mark", .members(mark)), ("encoding", .members(encoding))]
  }

  private var baselineLayers: [Members] {
    baselines.enumerated().flatMap { index, baseline -> [Members] in
      let style = baseline.line.map { self.style($0) } ?? LineStyle.reference(index)
      let dash = baseline.line == nil ? Self.dashes(style.dash) : .list([.integer(2), .integer(3)])
      let data = JSON.members([
        (
          "values",
          .list([
            .members([
              ("label", .text(baseline.label)), ("y", .number(baseline.y)), ("low", .number(baseline.low)),
              ("high", .number(baseline.high)),
            ])
          ])
        )
      ])
      let rule =
        [("data", data)]
        + layer(
          [("type", .text("rule")), ("color", .text(style.color)), ("strokeDash", dash)],
          [("y", yField("y")), ("tooltip", Self.field("label", "nominal"))])
      guard baseline.line == nil, baseline.low != nil, baseline.high != nil else { return [rule] }
      let band = layer(
        [("type", .text("rect")), ("color", .text(style.color)), ("opacity", .number(0.12))],
        [("y", yField("low")), ("y2", .members([("field", .text("high"))]))])
      return [[("data", data)] + band, rule]
    }
  }

  /// An area where a band has two points, a bar where it has one or where x is uncertain too.
  private var bandLayers: [Members] {
    let isBand = "isValid(datum.low) && isValid(datum.high) && !datum.barred"
    let isBar = "datum.barred && isValid(datum.low) && isValid(datum.high)"
    let area = layer(
      [("type", .text("area")), ("opacity", .number(0.16))], where: isBand,
      [
        ("x", xField("x")), ("y", yField("low")), ("y2", .members([("field", .text("high"))])),
        ("color", color), ("detail", stretches),
      ])
    guard lines.contains(where: \.hasBars) else { return [area] }
    let upright = layer(
      [("type", .text("rule"))], where: isBar,
      [
        ("x", xField("x")), ("y", yField("low")), ("y2", .members([("field", .text("high"))])),
        ("color", color),
      ])
    let level = layer(
      [("type", .text("rule"))], where: "isValid(datum.xLow) && isValid(datum.y)",
      [
        ("x", xField("xLow")), ("x2", .members([("field", .text("xHigh"))])), ("y", yField("y")),
        ("color", color),
      ])
    return [area, upright, level]
  }

  private var lineLayer: Members {
    layer(
      [("type", .text("line")), ("strokeWidth", .number(1.8))], where: "isValid(datum.y) && datum.joined",
      [
        ("x", xField("x")), ("y", yField("y")), ("color", color), ("strokeDash", strokeDash),
        ("detail", stretches), ("order", Self.field("place", "quantitative")),
      ])
  }

  private var pointLayer: Members {
    layer(
      [
        ("type", .text("point")), ("size", .integer(50)), ("strokeWidth", .number(1.5)),
        ("opacity", .integer(1)),
      ],
      where: "isValid(datum.y) && datum.marked",
      [
        ("x", xField("x")), ("y", yField("y")), ("stroke", color), ("shape", shape),
        (
          "fill",
          .members([
            (
              "condition",
              .members([
                ("test", .text("datum.complete")), ("field", .text("curve")), ("type", .text("nominal")),
                ("scale", scale(lines.indices.map { .text(style($0).color) })), ("legend", .null),
              ])
            ), ("value", .text("white")),
          ])
        ),
        (
          "tooltip",
          .list([
            Self.field("curve", "nominal"), Self.field("note", "nominal"), Self.field("x", "quantitative"),
            Self.field("y", "quantitative"),
          ])
        ),
      ])
  }

  /// What collapsed, diverged or failed; at the lower edge where it has no value.
  private var crossLayers: [Members] {
    guard lines.contains(where: { $0.points.contains(where: \.isTroubled) }) else { return [] }
    let mark: Members = [
      ("type", .text("point")), ("shape", .text("M-1 -1L1 1M-1 1L1 -1")), ("size", .integer(90)),
      ("color", .text(Self.ink)), ("strokeWidth", .integer(2)), ("opacity", .integer(1)),
    ]
    return [
      layer(mark, where: "datum.troubled && isValid(datum.y)", [("x", xField("x")), ("y", yField("y"))]),
      layer(
        mark, where: "datum.troubled && !isValid(datum.y)",
        [("x", xField("x")), ("y", .members([("value", .number(plotHeight - 6))]))]),
    ]
  }

  // MARK: Channels

  private static func field(_ name: String, _ type: String) -> JSON {
    .members([("field", .text(name)), ("type", .text(type))])
  }

  private var stretches: JSON { Self.field("stretch", "nominal") }

  private func xField(_ name: String) -> JSON {
    x.vegaChannel(name, FigureLayout(self).x.limits, ticks: lines.flatMap { $0.points.map(\.x) })
  }

  private func yField(_ name: String) -> JSON { y.vegaChannel(name, FigureLayout(self).y.limits, ticks: []) }

  /// A scale from the names of the lines to what tells them apart. Channels with equal names share a legend.
  private func scale(_ range: [JSON]) -> JSON {
    .members([("domain", .list(lines.map { .text($0.label) })), ("range", .list(range))])
  }

  private func channel(_ range: [JSON]) -> JSON {
    .members([
      ("field", .text("curve")), ("type", .text("nominal")), ("sort", .null), ("scale", scale(range)),
      (
        "legend",
        hasLegend
          ? .members([("title", .null), ("columns", .integer(2)), ("symbolOpacity", .integer(1))]) : .null
      ),
    ])
  }

  private var color: JSON { channel(lines.indices.map { .text(style($0).color) }) }
  private var strokeDash: JSON { channel(lines.indices.map { Self.dashes(style($0).dash) }) }
  /// Vega's shapes lie within −1 and 1.
  private var shape: JSON { channel(lines.indices.map { .text(style($0).outline(0.77) ?? "circle") }) }

  private static func dashes(_ text: String?) -> JSON {
    .list((text ?? "1 0").split(separator: " ").compactMap { Double($0) }.map(JSON.number))
  }
}

extension Axis {
  /// The channel of a field along this axis, which has the title in every layer, so that it is not told twice.
  fileprivate func vegaChannel(_ field: String, _ shown: ClosedRange<Double>, ticks data: [Double]) -> JSON {
    let labels: String? =
      switch format {
      case .percent: "format(datum.value * 100, '.\(ticks == .data ? 3 : 4)~g')"
      case .times: "format(datum.value, '.3~g') + '×'"
      case .number: nil
      }
    let values = ticks == .data ? Set(data.filter(\.isFinite)).sorted() : []
    let axis: [(name: String, value: JSON)] =
      [("title", .text(label)), ("labelOverlap", .text("greedy"))]
      + (values.isEmpty ? [] : [("values", .list(values.map(JSON.number)))])
      + (labels.map { [("labelExpr", .text($0))] } ?? [])
    return .members([
      ("field", .text(field)), ("type", .text("quantitative")), ("title", .text(label)),
      (
        "scale",
        .members([
          ("type", .text(scale == .logarithmic ? "log" : "linear")),
          ("domain", .list([.number(shown.lowerBound), .number(shown.upperBound)])),
          ("nice", .flag(false)), ("zero", .flag(false)), ("reverse", .flag(isReversed)),
          ("padding", .number(scale == .logarithmic || ticks == .data ? 12 : 0)),
        ])
      ), ("axis", .members(axis)),
    ])
  }
}

import CoppiceTerms

extension LineFigure {
  /// The figure as a page's script draws it: the numbers and the axes, and no place on the page.
  var script: JSON {
    .members([
      ("title", .text(title)), ("x", x.script), ("y", y.script), ("lines", .list(lines.map(\.script))),
      ("baselines", .list(baselines.map(\.script))), ("caption", .text(caption)),
    ])
  }
}

extension LineFigure.Line {
  /// A point is `[x, y, low, high, lower x, upper x, marks, note]`; marks are 1 where it is incomplete plus 2 where it is troubled.
  fileprivate var script: JSON {
    .members([
      ("label", .text(label)), ("markers", .flag(hasMarkers)), ("reference", .flag(isReference)),
      ("joined", .flag(isJoined)),
      (
        "points",
        .list(
          points.map { point in
            var values: [JSON] = [
              .number(point.x), .number(point.y), .number(point.low), .number(point.high),
              .number(point.xLow), .number(point.xHigh),
              .integer((point.isComplete ? 0 : 1) + (point.isTroubled ? 2 : 0)),
              point.note.map(JSON.text) ?? .null,
            ]
            // What is not there at the end is not written.
            while case .null? = values.last { values.removeLast() }
            return .list(values)
          })
      ),
    ])
  }
}

extension LineFigure.Baseline {
  fileprivate var script: JSON {
    .members([
      ("label", .text(label)), ("y", .number(y)), ("low", .number(low)), ("high", .number(high)),
      ("line", line.map(JSON.integer) ?? .null),
    ])
  }
}

extension Axis {
  /// The axis without its place: label, scale, format, direction, range and ticks.
  var script: JSON {
    .members([
      ("label", .text(label)), ("log", .flag(scale == .logarithmic)), ("format", .text(format.script)),
      ("data", .flag(ticks == .data)), ("reversed", .flag(isReversed)), ("limits", Self.range(limits)),
      ("bounds", Self.range(bounds)),
    ])
  }

  private static func range(_ range: ClosedRange<Double>?) -> JSON {
    range.map { .numbers([$0.lowerBound, $0.upperBound]) } ?? .null
  }
}

extension Axis.Format {
  fileprivate var script: String {
    switch self {
    case .number: "number"
    case .percent: "percent"
    case .times: "times"
    }
  }
}

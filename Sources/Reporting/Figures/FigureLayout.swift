/// Where everything of a figure stands, in points from the upper left corner.
struct FigureLayout {
  /// A tick that is drawn; without label where there was no room for one.
  struct Tick: Equatable {
    let position: Double
    let label: String?
  }

  /// One entry of the legend, its text broken into lines.
  struct LegendEntry: Equatable {
    let left: Double
    /// The baseline of the first line of text.
    let top: Double
    let text: [String]
  }

  static let margin = 12.0
  static let titleSize = 14.0
  static let labelSize = 13.0
  static let tickSize = 12.0
  static let legendSize = 12.0
  static let captionSize = 11.0
  /// The length of the piece of line in a legend entry, and the space to its text.
  static let sampleLength = 38.0
  static let sampleGap = 7.0
  /// Markers at the ends of the data keep this distance from the frame.
  static let inset = 12.0

  let title: [String]
  let plot: (left: Double, right: Double, top: Double, bottom: Double)
  let x: AxisScale
  let y: AxisScale
  let xTicks: [Tick]
  let yTicks: [Tick]
  let xLabelBaseline: Double
  let legend: [LegendEntry]
  let caption: [String]
  let captionTop: Double
  let height: Double
  /// How many means lie outside the range shown.
  let hiddenPoints: Int

  /// - Parameter left: where the plotting area begins at the least, so that those of several figures stand in one line.
  init(_ figure: LineFigure, left least: Double = 0) {
    let inner = figure.width - 2 * Self.margin
    title = TextWidth.wrap(figure.title, size: Self.titleSize, width: inner, bold: true)
    let top = Self.margin + Double(title.count) * (Self.titleSize + 4) + (title.isEmpty ? 4 : 8)
    let bottom = top + figure.plotHeight

    let yLimits = Self.limits(of: figure.y, Self.yValues(figure), pad: 0.05)
    y = AxisScale(figure.y.scale, limits: yLimits, start: bottom, end: top)
    let yValues = y.roundTicks(count: max(2, Int(figure.plotHeight / 40)))
    let yLabels = figure.y.labels(yValues)
    let widest = yLabels.map { TextWidth.of($0, size: Self.tickSize) }.max() ?? 0
    let left = max(least, Self.margin + Self.labelSize + 8 + widest + 8)
    let right = figure.width - Self.margin - 6
    yTicks = zip(yValues, yLabels).compactMap { [y] value, label in
      y.position(value).map { Tick(position: $0, label: label) }
    }

    let xValues = figure.lines.flatMap { $0.points.map(\.x) }
    let xEdges = figure.lines.flatMap { $0.points.flatMap { [$0.xLow, $0.xHigh] } }.compactMap { $0 }
    let xLimits = Self.limits(of: figure.x, xValues + xEdges, pad: 0)
    let ends = (left + Self.inset, right - Self.inset)
    x = AxisScale(
      figure.x.scale, limits: xLimits, start: figure.x.isReversed ? ends.1 : ends.0,
      end: figure.x.isReversed ? ends.0 : ends.1)
    xTicks = Self.ticks(figure.x, x, data: xValues)
    plot = (left, right, top, bottom)
    xLabelBaseline = bottom + 8 + Self.tickSize + (figure.x.label.isEmpty ? 0 : 6 + Self.labelSize)

    hiddenPoints = figure.lines.flatMap(\.points).count { point in
      guard let y = point.y, y.isFinite else { return false }
      return !figure.isDetail && !yLimits.contains(y)
    }

    let legendTop = xLabelBaseline + 12
    (legend, captionTop) = Self.legend(figure, top: legendTop)
    var words = figure.caption
    if hiddenPoints > 0 {
      words +=
        (words.isEmpty ? "" : " ") + "\(hiddenPoints) \(hiddenPoints == 1 ? "point lies" : "points lie") "
        + "outside the range shown."
    }
    caption = TextWidth.wrap(words, size: Self.captionSize, width: inner)
    let lines = Double(caption.count)
    height = (captionTop + (lines > 0 ? 4 + lines * (Self.captionSize + 4) : 0) + Self.margin).rounded(.up)
  }

  // MARK: Ranges

  /// The means, and the edges of the bands as far as they lie no farther from the means than half of those' span:
  /// one wild band does not press all curves flat.
  private static func yValues(_ figure: LineFigure) -> [Double] {
    let means = (figure.lines.flatMap { $0.points.map(\.y) } + figure.baselines.map(\.y))
      .compactMap { $0 }.filter(\.isFinite)
    let edges =
      (figure.lines.flatMap { $0.points.flatMap { [$0.low, $0.high] } }
      + figure.baselines.flatMap { [$0.low, $0.high] }).compactMap { $0 }.filter(\.isFinite)
    guard let low = means.min(), let high = means.max(), low < high else { return means + edges }
    let room = (high - low) / 2
    return means + edges.map { min(max($0, low - room), high + room) }
  }

  /// The range to show: the axis' own, else that of the data with a margin of `pad` of its span to either side,
  /// within the axis' bounds. Never empty.
  private static func limits(of axis: Axis, _ values: [Double], pad: Double) -> ClosedRange<Double> {
    if let limits = axis.limits, limits.upperBound > limits.lowerBound { return limits }
    let drawable = values.filter { $0.isFinite && (axis.scale == .linear || $0 > 0) }
    guard var low = drawable.min(), var high = drawable.max() else {
      if let bounds = axis.bounds, bounds.upperBound.isFinite { return bounds }
      return axis.scale == .linear ? 0...1 : 0.1...1
    }
    // Values that agree to a hundredth, as those of networks of one sparsity do up to rounding, are one place.
    if low == high || axis.scale == .logarithmic && high < 1.01 * low {
      let room = axis.scale == .linear ? max(abs(low) * 0.05, 1e-6) : 0
      (low, high) = axis.scale == .linear ? (low - room, high + room) : (low / 1.25, high * 1.25)
    } else if axis.scale == .linear {
      let room = pad * (high - low)
      (low, high) = (low - room, high + room)
    }
    if let bounds = axis.bounds {
      // A little air above the bound, so that a line at 100 % does not run along the frame.
      let air = pad * 0.4 * (min(high, bounds.upperBound) - max(low, bounds.lowerBound))
      low = max(low, bounds.lowerBound)
      high = min(high, bounds.upperBound + max(air, 0))
      if low >= high { return bounds }
    }
    // A span beyond the largest number has no margin.
    return low <= high ? low...high : 0...1
  }
}

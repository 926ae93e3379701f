/// A figure of curves over one quantity, as a value: `svg` draws it, always to the same bytes.
package struct LineFigure: Figure, Equatable {
  /// One point of a curve.
  package struct Point: Sendable, Equatable {
    package var x: Double
    /// The mean; nil where there is no value, which leaves a gap in the line.
    package var y: Double?
    /// The lower edge of the band, nil for none.
    package var low: Double?
    /// The upper edge of the band, nil for none.
    package var high: Double?
    /// How far `x` is uncertain: the lower and upper end of a bar across the point, nil for none.
    package var xLow: Double?
    package var xHigh: Double?
    /// Whether all the trials behind the point have a value; an incomplete point is drawn open.
    package var isComplete: Bool
    /// Whether a trial behind the point collapsed, diverged or failed; such a point is crossed out.
    package var isTroubled: Bool
    /// What a reader sees when pointing at it.
    package var note: String?

    package init(
      x: Double, y: Double?, low: Double? = nil, high: Double? = nil, xLow: Double? = nil,
      xHigh: Double? = nil, isComplete: Bool = true,
      isTroubled: Bool = false, note: String? = nil
    ) {
      self.x = x
      self.y = y
      self.low = low
      self.high = high
      self.xLow = xLow
      self.xHigh = xHigh
      self.isComplete = isComplete
      self.isTroubled = isTroubled
      self.note = note
    }
  }

  /// A named curve; its points in the order in which the line joins them.
  package struct Line: Sendable, Equatable {
    package var label: String
    package var points: [Point]
    /// Whether every point has a marker; a line of very many has none.
    package var hasMarkers: Bool
    /// Whether it is what the others are compared with: grey and dashed, without markers. Such lines come last.
    package var isReference: Bool
    /// Whether a line joins the points.
    package var isJoined: Bool

    /// Whether points have bars in both directions, because `x` is uncertain too, in place of a band.
    package var hasBars: Bool { points.contains { $0.xLow != nil && $0.xHigh != nil } }

    package init(
      label: String, points: [Point], hasMarkers: Bool = true, isReference: Bool = false,
      isJoined: Bool = true
    ) {
      self.label = label
      self.points = points
      self.isJoined = isJoined
      self.hasMarkers = hasMarkers && !isReference
      self.isReference = isReference
    }
  }

  /// A horizontal line across the plot: the dense baseline.
  package struct Baseline: Sendable, Equatable {
    package var label: String
    package var y: Double
    package var low: Double?
    package var high: Double?
    /// The curve that it is the baseline of: it is drawn in the curve's colour, without a band, and not named. `nil` for one
    /// that stands for itself.
    package var line: Int?

    package init(label: String, y: Double, low: Double? = nil, high: Double? = nil, line: Int? = nil) {
      self.label = label
      self.y = y
      self.low = low
      self.high = high
      self.line = line
    }
  }

  package var title: String
  package var x: Axis
  package var y: Axis
  package var lines: [Line]
  package var baselines: [Baseline]
  /// What the lines, bands and n are, below the legend.
  package var caption: String
  /// The command that draws this figure again, kept in the file.
  package var command: String?
  /// Name and version of the program, kept in the file.
  package var generator: String?
  /// The width in points, before scaling.
  package var width: Double
  /// What widths, heights and letters are multiplied by on the page: 2/3 makes letters of 8 points.
  package var scale = 1.0
  /// The height of the plotting area in points; title, legend and caption come on top.
  package var plotHeight: Double
  /// Whether what stands around means is drawn as error bars in place of bands.
  package var hasErrorBars = false
  /// Whether the lines are named below the plot.
  package var hasLegend = true
  /// Whether it shows a part of what another figure of the page shows, so that what lies outside is not missed.
  package var isDetail = false

  package init(
    title: String, x: Axis, y: Axis, lines: [Line], baselines: [Baseline] = [], caption: String = "",
    command: String? = nil, generator: String? = nil, width: Double = 480, plotHeight: Double = 280
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.lines = lines
    self.baselines = baselines
    self.caption = caption
    self.command = command
    self.generator = generator
    self.width = width
    self.plotHeight = plotHeight
  }

  /// The baselines that stand for themselves.
  package var namedBaselines: [Baseline] { baselines.filter { $0.line == nil } }

  /// How line `index` is drawn.
  package func style(_ index: Int) -> LineStyle {
    guard lines[index].isReference else { return .curve(index) }
    // Baselines have the first dashes.
    return .reference(baselines.count + lines[..<index].count(where: \.isReference))
  }
}

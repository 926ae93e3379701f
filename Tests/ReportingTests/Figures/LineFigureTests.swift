import CoppiceReporting
import Testing

@Suite struct LineFigureTests {
  static let densities = [1, 0.8, 0.64, 0.512]

  /// A curve over four levels with a band, and a baseline.
  static func figure(_ change: (inout LineFigure) -> Void = { _ in }) -> LineFigure {
    var figure = LineFigure(
      title: "Accuracy <of> a & b",
      x: Axis(
        label: "Weights remaining (%)", scale: .logarithmic, format: .percent, ticks: .data, isReversed: true),
      y: Axis(label: "Test accuracy (%)", format: .percent, bounds: 0...1),
      lines: [
        .init(
          label: "magnitude",
          points: zip(densities, [0.98, 0.982, 0.981, 0.97]).map { x, y in
            .init(x: x, y: y, low: y - 0.002, high: y + 0.002, note: nil)
          })
      ],
      baselines: [.init(label: "dense", y: 0.98)], caption: "Mean; n = 3 seeds.",
      command: "coppice plot \"my results/summary.h5\"", generator: "coppice", width: 240, plotHeight: 120)
    change(&figure)
    return figure
  }

  /// The text contents of the figure, in order.
  static func texts(_ svg: String) -> [String] {
    svg.split(separator: "\n").filter { $0.contains("<text") }.map { line in
      line.drop { $0 == " " }.components(between: ">", and: "</text>")
    }
  }

  @Test func sameFigureSameBytes() {
    #expect(Self.figure().svg == Self.figure().svg)
    #expect(Self.figure().svg == Self.golden)
  }

  /// Times have no upper bound, and none is below 0.
  @Test func anAxisEndsAtItsOnlyBound() {
    let svg = Self.figure { figure in
      figure.y = Axis(label: "Latency (ms)", bounds: 0...(.infinity))
      figure.baselines = []
      figure.lines = [.init(label: "a", points: [.init(x: 1, y: 0.01), .init(x: 0.5, y: 9)])]
    }.svg
    #expect(Self.texts(svg).contains("0"))
    #expect(!Self.texts(svg).contains { $0.hasPrefix("-") || $0.hasPrefix("−") })
    let empty = Self.figure { figure in
      figure.y = Axis(label: "Latency (ms)", bounds: 0...(.infinity))
      (figure.baselines, figure.lines) = ([], [])
    }.svg
    #expect(!empty.contains("inf") && !empty.contains("nan"))
  }

  @Test func whatAReaderAndAProgramNeedIsInTheFile() {
    let svg = Self.figure().svg
    #expect(svg.contains("<title>Accuracy &lt;of&gt; a &amp; b</title>"))
    #expect(svg.contains("data-command=\"coppice plot &quot;my results/summary.h5&quot;\""))
    #expect(
      svg.contains(
        "<desc>Test accuracy (%) against Weights remaining (%). Curves: magnitude. "
          + "Horizontal line: dense. Mean; n = 3 seeds.</desc>"))
  }

  /// Two networks of one sparsity, up to the rounding of their numbers of weights.
  @Test func whatDiffersByRoundingIsOnePlace() {
    let figure = Self.figure { figure in
      figure.width = 480
      figure.lines = [0.08333, 0.08334].map { .init(label: "a", points: [.init(x: $0, y: 0.98)]) }
    }
    #expect(Self.texts(figure.svg).filter { $0 == "8.3" }.count == 1)
  }

  @Test func ticksStandAtTheDataAndAreThinnedToFit() {
    let wide = Self.texts(Self.figure { $0.width = 480 }.svg)
    #expect(wide.contains("100") && wide.contains("80") && wide.contains("64") && wide.contains("51.2"))
    let deep = Self.figure { figure in
      figure.width = 480
      var density = 1.0
      figure.lines[0].points = (0...15).map { _ in
        defer { density *= 0.8 }
        return .init(x: density, y: 0.98)
      }
    }
    let labels = Self.texts(deep.svg)
    #expect(["100", "51.2", "26.2", "13.4", "6.9", "3.5"].allSatisfy(labels.contains))
    #expect(!labels.contains("80"))
  }

  @Test(arguments: [
    (0.0625, "6.25"), (0.0704, "7.0"), (0.07, "7"), (0.125, "12.5"), (0.0687, "6.9"), (0.015625, "1.56"),
    (0.5, "50"), (0.4096, "41"), (0.0999, "10.0"),
  ])
  func ticksAtDataSayWhatTheyAre(density: Double, expected: String) {
    let figure = Self.figure { $0.lines[0].points = [.init(x: 1, y: 0.9), .init(x: density, y: 0.8)] }
    #expect(Self.texts(figure.svg).contains(expected))
  }

  @Test(arguments: [
    ([0, 2e6, 4e6], ["0", "2\u{2009}M", "4\u{2009}M"]),
    ([5e8, 1e9, 1.5e9], ["0.5\u{2009}G", "1.0\u{2009}G", "1.5\u{2009}G"]),
    ([50_000, 100_000], ["50\u{2009}000", "100\u{2009}000"]),
  ])
  func largeNumbersHaveAPrefix(values: [Double], expected: [String]) {
    #expect(Axis(label: "FLOPs").labels(values) == expected)
  }

  @Test func aFigureFitsTheColumnOfAPaper() {
    let narrow = Self.figure { figure in
      (figure.scale, figure.width, figure.plotHeight) = (8.0 / 12, 360, 210)
    }
    #expect(narrow.svg.contains("width=\"240pt\""))
    #expect(narrow.svg.contains("viewBox=\"0 0 360 "))
  }

  @Test func curvesTooCloseAreDrawnAgain() throws {
    func figure(_ values: [[Double]]) -> LineFigure {
      Self.figure { figure in
        figure.lines = values.enumerated().map { index, values in
          .init(label: "curve \(index)", points: zip(Self.densities, values).map { .init(x: $0, y: $1) })
        }
      }
    }
    let crowded = figure([[0.98, 0.97, 0.97, 0.96], [0.98, 0.98, 0.97, 0.95], [0.98, 0.9, 0.7, 0.4]])
    let page = try #require(crowded.withDetail as? StackedFigure)
    #expect(page.panels.count == 2)
    let range = try #require(page.panels[1].y.limits)
    #expect(range.lowerBound > 0.93 && range.lowerBound < 0.95 && range.upperBound <= 1)
    #expect(page.panels.map(\.hasLegend) == [false, true])
    #expect(!page.svg.contains("outside the range shown"))
    let apart = figure([[0.98, 0.9, 0.8, 0.7], [0.98, 0.8, 0.6, 0.5], [0.98, 0.9, 0.7, 0.4]])
    #expect(apart.withDetail is LineFigure)
    #expect(figure([[0.98, 0.97, 0.97, 0.96], [0.98, 0.98, 0.97, 0.95]]).withDetail is LineFigure)
  }

  @Test func aMissingPointLeavesAGap() {
    let whole = Self.figure().svg
    let gap = Self.figure { $0.lines[0].points[1].y = nil }.svg
    let paths = { (svg: String) in svg.components(of: "fill=\"none\" stroke=\"#0072B2\"") }
    #expect(paths(whole) == 1)
    // The first point now stands alone: a marker without a line.
    #expect(paths(gap) == 1)
    #expect(gap.components(of: "<circle") == whole.components(of: "<circle") - 1)
    let two = Self.figure { figure in
      figure.lines[0].points.append(.init(x: 0.4, y: 0.9))
      figure.lines[0].points[2].y = nil
    }.svg
    #expect(paths(two) == 2)
  }

  @Test func aSinglePointHasAnErrorBarInPlaceOfABand() {
    let svg = Self.figure { $0.lines[0].points.removeLast(3) }.svg
    #expect(!svg.contains("fill-opacity=\"0.16\""))
    #expect(svg.contains("stroke=\"#0072B2\" stroke-width=\"1.2\""))
  }

  @Test func incompleteAndTroubledPointsAreMarked() {
    let svg = Self.figure { figure in
      figure.lines[0].points[1].isComplete = false
      figure.lines[0].points[3].isTroubled = true
      figure.lines[0].points[3].note = "n = 2/3, 1 collapsed"
    }.svg
    #expect(svg.components(of: "fill=\"#FFFFFF\" stroke=\"#0072B2\"") == 1)
    #expect(svg.components(of: "stroke=\"#222222\" stroke-width=\"1.8\"") == 1)
    #expect(svg.contains("<title>n = 2/3, 1 collapsed</title>"))
  }

  @Test func aTrialThatLeftNothingIsCrossedAtTheEdge() {
    let svg = Self.figure { figure in
      figure.lines[0].points[3].y = nil
      figure.lines[0].points[3].isTroubled = true
    }.svg
    #expect(svg.components(of: "stroke=\"#0072B2\" stroke-width=\"1.8\"/>") == 1)
  }

  @Test func pointsOutsideTheChosenRangeAreCounted() {
    let svg = Self.figure { $0.y.limits = 0.975...0.985 }.svg
    #expect(Self.texts(svg).joined(separator: " ").contains("1 point lies outside the range shown."))
  }

  @Test func aBandDoesNotStretchAnAccuracyBeyondOne() {
    let labels = Self.texts(Self.figure { $0.lines[0].points[0].high = 1.5 }.svg)
    #expect(labels.contains("100"))
    #expect(!labels.contains("105") && !labels.contains("120") && !labels.contains("140"))
  }

  @Test func emptyAndDegenerateFiguresAreDrawn() {
    #expect(Self.figure { $0.lines = [] }.svg.hasSuffix("</svg>\n"))
    #expect(Self.figure { $0.lines[0].points = [] }.svg.hasSuffix("</svg>\n"))
    let flat = Self.figure { figure in
      figure.baselines = []
      figure.lines[0].points = [.init(x: 0.5, y: 0), .init(x: 0.5, y: 0)]
    }
    #expect(!flat.svg.contains("nan"))
    let strange = Self.figure { figure in
      figure.lines[0].points = [
        .init(x: 0, y: .nan), .init(x: .infinity, y: .infinity), .init(x: 0.5, y: 0.5),
      ]
      figure.title = ""
    }
    #expect(!strange.svg.contains("nan") && !strange.svg.contains("inf"))
  }

  @Test func eightCurvesDifferInColourAndMarker() {
    let styles = (0..<8).map(LineStyle.curve)
    #expect(Set(styles.map(\.color)).count == 8)
    #expect(Set(styles.map(\.marker)).count == 8)
    #expect(!LineStyle.palette.contains(LineStyle.baselineColor))
    let more = (0..<32).map { index in
      let style = LineStyle.curve(index)
      return "\(style.color) \(style.dash ?? "") \(style.marker)"
    }
    #expect(Set(more).count == 32)
  }

  @Test func noTextLeavesThePage() {
    let figure = Self.figure { figure in
      figure.lines = (0..<8).map { index in
        .init(
          label: "criterion number \(index), iterative, learning-rate-rewind", points: figure.lines[0].points)
      }
      figure.width = 480
    }
    // Every legend text starts right of the margin and ends before the page does.
    for line in figure.svg.split(separator: "\n")
    where line.contains("criterion number") && line.contains("<text") {
      let x = Double(line.components(between: "x=\"", and: "\"")) ?? 0
      let label = line.components(between: "\">", and: "<")
      #expect(x >= 12)
      #expect(x + TextWidth.of(label, size: 12) <= 480)
    }
  }

  static let golden = #"""
    <svg xmlns="http://www.w3.org/2000/svg" width="240pt" height="260pt" viewBox="0 0 240 260" role="img" font-family="Helvetica, Arial, &#39;Liberation Sans&#39;, &#39;DejaVu Sans&#39;, sans-serif" fill="#222222" data-generator="coppice" data-command="coppice plot &quot;my results/summary.h5&quot;">
     <title>Accuracy &lt;of&gt; a &amp; b</title>
     <desc>Test accuracy (%) against Weights remaining (%). Curves: magnitude. Horizontal line: dense. Mean; n = 3 seeds.</desc>
     <rect width="100%" height="100%" fill="#FFFFFF"/>
     <text x="120" y="26" font-size="14" font-weight="bold" text-anchor="middle">Accuracy &lt;of&gt; a &amp; b</text>
     <g stroke="#E4E4E4" stroke-width="0.8">
      <line x1="67.71" y1="138.91" x2="222" y2="138.91"/>
      <line x1="67.71" y1="104.82" x2="222" y2="104.82"/>
      <line x1="67.71" y1="70.73" x2="222" y2="70.73"/>
     </g>
     <g stroke="#333333" stroke-width="1">
      <line x1="67.71" y1="38" x2="67.71" y2="158"/>
      <line x1="67.71" y1="158" x2="222" y2="158"/>
      <line x1="63.71" y1="138.91" x2="67.71" y2="138.91"/>
      <line x1="63.71" y1="104.82" x2="67.71" y2="104.82"/>
      <line x1="63.71" y1="70.73" x2="67.71" y2="70.73"/>
      <line x1="79.71" y1="158" x2="79.71" y2="163"/>
      <line x1="123.14" y1="158" x2="123.14" y2="163"/>
      <line x1="166.57" y1="158" x2="166.57" y2="163"/>
      <line x1="210" y1="158" x2="210" y2="163"/>
     </g>
     <g font-size="12" text-anchor="end">
      <text x="60.71" y="143.21">97.0</text>
      <text x="60.71" y="109.12">97.5</text>
      <text x="60.71" y="75.03">98.0</text>
     </g>
     <g font-size="12" text-anchor="middle">
      <text x="79.71" y="177">100</text>
      <text x="123.14" y="177">80</text>
      <text x="166.57" y="177">64</text>
      <text x="210" y="177">51.2</text>
     </g>
     <g font-size="13" text-anchor="middle">
      <text x="144.86" y="197">Weights remaining (%)</text>
      <text transform="translate(23 98) rotate(-90)">Test accuracy (%)</text>
     </g>
     <svg x="67.71" y="38" width="154.29" height="120" viewBox="67.71 38 154.29 120" overflow="hidden">
      <path d="M79.71 57.09L123.14 43.45L166.57 50.27L210 125.27L210 152.55L166.57 77.55L123.14 70.73L79.71 84.36Z" fill="#0072B2" fill-opacity="0.16"/>
      <g stroke="#6E6E6E" stroke-width="1.6" stroke-dasharray="6 4">
       <line x1="67.71" y1="70.73" x2="222" y2="70.73"/>
      </g>
      <path d="M79.71 70.73L123.14 57.09L166.57 63.91L210 138.91" fill="none" stroke="#0072B2" stroke-width="1.8" stroke-linejoin="round"/>
     </svg>
     <g transform="translate(79.71 70.73)" fill="#0072B2" stroke="#FFFFFF" stroke-width="0.8">
      <circle r="3.7"/>
     </g>
     <g transform="translate(123.14 57.09)" fill="#0072B2" stroke="#FFFFFF" stroke-width="0.8">
      <circle r="3.7"/>
     </g>
     <g transform="translate(166.57 63.91)" fill="#0072B2" stroke="#FFFFFF" stroke-width="0.8">
      <circle r="3.7"/>
     </g>
     <g transform="translate(210 138.91)" fill="#0072B2" stroke="#FFFFFF" stroke-width="0.8">
      <circle r="3.7"/>
     </g>
     <g font-size="12">
      <g stroke="#0072B2" stroke-width="1.8">
       <line x1="15.42" y1="216.8" x2="53.42" y2="216.8"/>
       <g transform="translate(34.42 216.8)" fill="#0072B2" stroke="#FFFFFF" stroke-width="0.8">
        <circle r="3.7"/>
       </g>
      </g>
      <text x="60.42" y="221">magnitude</text>
      <g stroke="#6E6E6E" stroke-width="1.6" stroke-dasharray="6 4">
       <line x1="143.34" y1="216.8" x2="181.34" y2="216.8"/>
      </g>
      <text x="188.34" y="221">dense</text>
     </g>
     <g font-size="11" fill="#555555">
      <text x="12" y="244">Mean; n = 3 seeds.</text>
     </g>
    </svg>

    """#
}

extension StringProtocol {
  /// How often `part` occurs.
  func components(of part: String) -> Int { ranges(of: part).count }

  /// What stands between the first `start` and the `end` after it.
  func components(between start: String, and end: String) -> String {
    guard let open = ranges(of: start).first,
      let close = self[open.upperBound...].ranges(of: end).first
    else { return "" }
    return String(self[open.upperBound..<close.lowerBound])
  }
}

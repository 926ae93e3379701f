import CoppiceTensors

/// A place on the plane; x to the right, y down.
struct Point: Sendable {
  var x: Double
  var y: Double
}

/// The ten digits as strokes in the square −½…½, each in one or more ways of writing it.
enum DigitStrokes {
  /// One line through points.
  typealias Stroke = [Point]

  /// `[digit][style]`: the strokes.
  static let styles: [[[Stroke]]] = [
    [[arc(0.5, 0.5, 0.27, 0.4, 0, 360)], [arc(0.5, 0.5, 0.21, 0.38, -60, 310)]],
    [
      [line((0.5, 0.1), (0.5, 0.9))],
      [line((0.34, 0.27), (0.53, 0.1), (0.53, 0.9))],
      [line((0.34, 0.27), (0.52, 0.1), (0.52, 0.9)), line((0.34, 0.9), (0.7, 0.9))],
    ],
    [
      [arc(0.5, 0.32, 0.25, 0.22, 190, 390) + line((0.22, 0.9), (0.8, 0.9))],
      [
        arc(0.48, 0.32, 0.24, 0.22, 200, 400) + line((0.3, 0.82)) + arc(0.28, 0.82, 0.07, 0.07, 20, 340)
          + line((0.55, 0.86), (0.8, 0.84))
      ],
    ],
    [
      [arc(0.47, 0.3, 0.25, 0.2, 205, 450), arc(0.47, 0.7, 0.28, 0.21, 270, 510)],
      [line((0.25, 0.1), (0.74, 0.1), (0.46, 0.42)) + arc(0.46, 0.66, 0.27, 0.24, 270, 500)],
    ],
    [
      [line((0.62, 0.9), (0.62, 0.1), (0.18, 0.65), (0.82, 0.65))],
      [line((0.28, 0.1), (0.22, 0.55), (0.8, 0.55)), line((0.66, 0.12), (0.62, 0.92))],
    ],
    [
      [line((0.75, 0.1), (0.31, 0.1), (0.27, 0.49)) + arc(0.48, 0.65, 0.27, 0.24, 220, 500)],
      [
        line((0.32, 0.12), (0.29, 0.45)) + arc(0.46, 0.66, 0.28, 0.24, 235, 500),
        line((0.32, 0.12), (0.74, 0.1)),
      ],
    ],
    [
      [line((0.66, 0.1), (0.45, 0.28), (0.32, 0.48), (0.26, 0.68)), arc(0.5, 0.68, 0.24, 0.21, 0, 360)],
      [arc(0.6, 0.55, 0.34, 0.45, 290, 180), arc(0.48, 0.7, 0.21, 0.19, 0, 360)],
    ],
    [
      [line((0.22, 0.1), (0.78, 0.1), (0.42, 0.9))],
      [line((0.22, 0.12), (0.76, 0.1), (0.55, 0.5), (0.46, 0.9)), line((0.34, 0.5), (0.72, 0.48))],
    ],
    [
      [arc(0.5, 0.3, 0.2, 0.19, 0, 360), arc(0.5, 0.69, 0.25, 0.2, 0, 360)],
      [
        line((0.72, 0.18), (0.3, 0.74)) + arc(0.5, 0.76, 0.21, 0.15, 180, 0) + line((0.3, 0.26))
          + arc(0.5, 0.22, 0.21, 0.14, 180, 340)
      ],
    ],
    [
      [arc(0.48, 0.33, 0.24, 0.22, 0, 360), line((0.72, 0.33), (0.68, 0.62), (0.55, 0.9))],
      [arc(0.48, 0.33, 0.23, 0.22, 0, 360), line((0.71, 0.3), (0.71, 0.9))],
    ],
  ]

  /// Straight pieces through corners, cut finely enough to bend.
  private static func line(_ corners: (Double, Double)...) -> Stroke {
    guard let first = corners.first else { return [] }
    var points = [Point(x: first.0 - 0.5, y: first.1 - 0.5)]
    for (from, to) in zip(corners, corners.dropFirst()) {
      for i in 1...5 {
        let t = Double(i) / 5
        points.append(Point(x: from.0 + t * (to.0 - from.0) - 0.5, y: from.1 + t * (to.1 - from.1) - 0.5))
      }
    }
    return points
  }

  /// Part of an ellipse around (x, y); degrees run clockwise from the right.
  private static func arc(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ start: Double, _ end: Double
  ) -> Stroke {
    let pieces = max(4, Int((end - start).magnitude / 24))
    return (0...pieces).map { i in
      let angle = (start + Double(i) / Double(pieces) * (end - start)) * (0x1.921fb54442d18p1 / 180)
      return Point(x: x - 0.5 + width * Elementary.cos(angle), y: y - 0.5 + height * Elementary.sin(angle))
    }
  }
}

/// A smooth displacement of the plane: one long sine wave along each axis and one across.
struct ElasticBend {
  /// Per axis of displacement: amplitude, frequencies in x and y, phase; two waves each.
  private var waves: [(amplitude: Double, x: Double, y: Double, phase: Double)] = []

  init(amplitude: Double, _ random: inout RandomStream) {
    for _ in 0..<4 {
      waves.append(
        (
          amplitude * Double(random.uniform()), 5 * Double(random.uniform()) - 2.5,
          5 * Double(random.uniform()) - 2.5, 0x1.921fb54442d18p2 * Double(random.uniform())
        ))
    }
  }

  func apply(_ p: Point) -> Point {
    func shift(_ i: Int) -> Double {
      let wave = waves[i]
      return wave.amplitude * Elementary.sin(wave.x * 2 * p.x + wave.y * 2 * p.y + wave.phase)
    }
    return Point(x: p.x + shift(0) + shift(1), y: p.y + shift(2) + shift(3))
  }
}

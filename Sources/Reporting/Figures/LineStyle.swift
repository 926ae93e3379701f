/// How one curve is told from the others: by colour, dash and marker together, so that a figure survives colour
/// blindness and a grey-scale printer.
package struct LineStyle: Sendable, Equatable {
  /// The shape drawn at each point.
  package enum Marker: Sendable, CaseIterable {
    case circle, square, triangle, diamond, invertedTriangle, pentagon, plus, hexagon
  }

  /// `#RRGGBB`.
  package let color: String
  /// SVG's `stroke-dasharray`, nil for a solid line.
  package let dash: String?
  package let marker: Marker

  /// The eight colours of Okabe and Ito (2008), black last but one and yellow, the palest on white, last.
  package static let palette = [
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442",
  ]

  /// The baseline's colour: a grey that is none of the palette's, so that a black curve is not taken for it.
  package static let baselineColor = "#6E6E6E"

  /// A darker outline for a colour too pale to stand on white alone; nil for the others.
  var outlineColor: String? { color == "#F0E442" ? "#7A7200" : nil }

  private static let dashes: [String?] = [nil, "7 2.5", "2 2", "7 2.5 2 2.5"]

  /// The style of curve `index`. Colours and markers repeat after eight, each time with the next dash.
  package static func curve(_ index: Int) -> LineStyle {
    LineStyle(
      color: palette[index % palette.count],
      dash: dashes[(index + index / palette.count) % dashes.count],
      marker: Marker.allCases[(index + index / palette.count) % Marker.allCases.count])
  }

  /// The style of reference line `index`: grey; several differ in their dashes.
  package static func reference(_ index: Int) -> LineStyle {
    LineStyle(color: baselineColor, dash: referenceDashes[index % referenceDashes.count], marker: .circle)
  }

  static let referenceDashes = ["6 4", "2 3", "10 3 2 3"]

  /// The outline of the marker around the origin with "radius" `r`, as path data; nil for the circle.
  func outline(_ r: Double) -> String? {
    func polygon(_ points: [(Double, Double)]) -> String {
      points.enumerated().map { index, point in
        (index == 0 ? "M" : "L") + SVG.number(point.0 * r) + " " + SVG.number(point.1 * r)
      }.joined() + "Z"
    }
    switch marker {
    case .circle: return nil
    case .square: return polygon([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
    case .triangle: return polygon([(0, -1.2), (1.1, 0.85), (-1.1, 0.85)])
    case .diamond: return polygon([(0, -1.3), (1.1, 0), (0, 1.3), (-1.1, 0)])
    case .invertedTriangle: return polygon([(0, 1.2), (1.1, -0.85), (-1.1, -0.85)])
    case .pentagon:
      return polygon([(0, -1.15), (1.09, -0.36), (0.68, 0.93), (-0.68, 0.93), (-1.09, -0.36)])
    case .plus:
      return polygon([
        (-0.4, -1.2), (0.4, -1.2), (0.4, -0.4), (1.2, -0.4), (1.2, 0.4), (0.4, 0.4), (0.4, 1.2), (-0.4, 1.2),
        (-0.4, 0.4), (-1.2, 0.4), (-1.2, -0.4), (-0.4, -0.4),
      ])
    case .hexagon:
      return polygon([(-1.1, 0), (-0.55, -0.95), (0.55, -0.95), (1.1, 0), (0.55, 0.95), (-0.55, 0.95)])
    }
  }
}

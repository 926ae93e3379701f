import ArgumentParser
import CoppiceReporting

/// How large a figure is on a page: a column of a paper and letters that are read there.
struct FigurePage {
  private let width: Double?
  private let fontSize: Double?

  /// Points in each unit of length.
  private static let units: [(name: String, points: Double)] = [
    ("pt", 1), ("in", 72), ("cm", 72 / 2.54), ("mm", 7.2 / 2.54),
  ]
  /// The size of letters in the legend and at ticks, as figures are laid out.
  private static let laidOutSize = 12.0

  /// A page of a width such as `3.25in`, with letters of this size in points; those of a narrow page are smaller by itself.
  init(width text: String?, fontSize: Double?) throws {
    width = try text.map(Self.points)
    self.fontSize = fontSize
    if let fontSize, !(3...72).contains(fontSize) {
      throw ValidationError("--font-size takes points from 3 to 72")
    }
  }

  private static func points(_ text: String) throws -> Double {
    let unit = units.first { text.hasSuffix($0.name) }
    let number = Double(unit.map { text.dropLast($0.name.count) } ?? text[...])
    guard let number, case let points = number * (unit?.points ?? 1), (72...4_000).contains(points) else {
      throw ValidationError("--width takes a length of at least 1in, as 3.25in, 8.4cm, 84mm or 240pt")
    }
    return points
  }

  /// Lays a matrix out for the page.
  func apply(to figure: inout MatrixFigure) {
    guard width != nil || fontSize != nil else { return }
    let points = width ?? figure.width
    figure.scale = (fontSize ?? (points < 360 ? 8 : Self.laidOutSize)) / Self.laidOutSize
    figure.width = points / figure.scale
  }

  /// Lays a figure out for the page. Its shape stays that of the whole width.
  func apply(to figure: inout LineFigure) {
    guard width != nil || fontSize != nil else { return }
    let points = width ?? figure.width
    let size = fontSize ?? (points < 360 ? 8 : Self.laidOutSize)
    let shape = figure.plotHeight / figure.width
    figure.scale = size / Self.laidOutSize
    figure.width = points / figure.scale
    figure.plotHeight = max(120, figure.width * shape)
  }
}

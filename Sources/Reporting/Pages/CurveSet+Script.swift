import CoppiceStore
import CoppiceTerms

extension CurveSet {
  /// Every curve with every measure, so that a page can draw any measure against any cost from the numbers that a table and a plot
  /// are made of.
  ///
  /// A cell is `d` its density, `r` the places of its rows, `t` what went wrong, `c` how many are at chance, and `v` for each
  /// measure `[value, n, n expected, lower and upper edge of the 95 % interval, least, greatest]`, or 0 where there is none.
  ///
  /// - Parameter places: where rows stand in the page's table of rows, by trial and round.
  func script(_ measures: [Metric], costs: [Metric], places: [RowPlace: Int]) -> JSON {
    let cells = curves.flatMap(\.cells)
    func axis(_ column: String?, _ axis: SparsityAxis = .remaining) -> JSON {
      PointPlace(axis: axis, column: column, isCondition: false).axis(cells).script
    }
    let sparsities = SparsityAxis.allCases.map { kind in
      JSON.members([("n", .text(kind.rawValue)), ("axis", axis(nil, kind))])
    }
    return .members([
      (
        "measures",
        .list(
          measures.map { metric in
            .members([
              ("n", .text(metric.name)), ("title", .text(metric.quantity.title)),
              ("f", metric.quantity.tableFormat.script), ("axis", metric.quantity.axis().script),
              ("kind", .text(metric.aggregation.rawValue)),
            ])
          })
      ),
      ("x", .list(sparsities + costs.map { .members([("n", .text($0.name)), ("axis", axis($0.name))]) })),
      ("by", .texts(columns.map(Self.shownName))),
      (
        "curves",
        .list(
          curves.map { curve in
            .members([
              ("label", .text(curve.label)), ("rows", .text(curve.rows.rawValue)),
              ("b", baseline(of: curve).flatMap(baselines.firstIndex).map(JSON.integer) ?? .null),
              ("cells", .list(curve.cells.map { Self.script($0, measures, places) })),
            ])
          })
      ),
      (
        "baselines",
        .list(
          baselines.map { baseline in
            .members([
              ("label", .text(baseline.label)),
              ("cells", .list(baseline.cells.map { Self.script($0, measures, places) })),
            ])
          })
      ),
    ])
  }

  private static func script(_ cell: Cell, _ measures: [Metric], _ places: [RowPlace: Int]) -> JSON {
    .members(
      [
        ("d", .number(cell.density)),
        ("r", .list(cell.rows.compactMap { places[RowPlace($0)] }.map(JSON.integer))),
      ] + (cell.isTroubled ? [("t", .text(cell.troubleText))] : [])
        + ((cell.chance ?? 0) > 0 ? [("c", .integer(cell.chance ?? 0))] : [])
        + [("v", .list(measures.map { script(cell.sample($0.name), $0) }))])
  }

  private static func script(_ sample: SampleStatistics, _ metric: Metric) -> JSON {
    guard let value = sample.value(metric.aggregation) else { return .integer(0) }
    func edges(_ band: Band) -> [JSON] {
      let bounds = band.bounds(of: sample, around: metric.aggregation, within: metric.quantity.bounds)
      return [.number(bounds?.low), .number(bounds?.high)]
    }
    return .list(
      [.number(value), .integer(sample.count), .integer(sample.expected)] + edges(.ci95) + edges(.minmax))
  }
}

/// A row of an index by what tells it from others.
struct RowPlace: Hashable {
  private let trial: String
  private let round: Int

  init(_ row: IndexRow) { (trial, round) = (row.trial, row.round) }
}

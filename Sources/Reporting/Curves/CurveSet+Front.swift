import CoppiceStore

extension CurveSet {
  /// A cell by its place: of a baseline, or of a curve.
  struct CellPlace: Hashable {
    let isBaseline: Bool
    let curve: Int
    let cell: Int
  }

  /// The cells on the Pareto front of a metric and a cost: none other has a mean at least as good in both and better in one. Dense
  /// networks take part.
  func front(of metric: String, against cost: String) -> Set<CellPlace> {
    let (metric, cost) = (Metrics.column(metric), Metrics.column(cost))
    func places(_ curves: [Curve], _ isBaseline: Bool) -> [(place: CellPlace, cell: Cell)] {
      curves.enumerated().flatMap { index, curve in
        curve.cells.enumerated().map { (CellPlace(isBaseline: isBaseline, curve: index, cell: $0), $1) }
      }
    }
    let all = places(baselines, true) + places(curves, false)
    let points = all.map { _, cell in
      (
        cell.sample(cost.name).value(cost.aggregation) ?? .nan,
        cell.sample(metric.name).value(metric.aggregation) ?? .nan
      )
    }
    let lower = (cost.isLowerBetter, metric.isLowerBetter)
    return Set(ParetoFront.places(points, lowerIsBetter: lower).map { all[$0].place })
  }

  /// The front as a line of steps: at each cost the best that is reached for it. From the least cost on.
  func frontLine(of metric: String, against x: PointPlace, cost: String) -> LineFigure.Line? {
    let shown = Metrics.column(metric)
    let points = front(of: metric, against: cost).compactMap { place -> (x: Double, y: Double)? in
      let cell = (place.isBaseline ? baselines : curves)[place.curve].cells[place.cell]
      guard let y = cell.sample(metric).value(shown.aggregation), x.value(cell).isFinite else { return nil }
      return (x.value(cell), y)
    }
    let isLowerBetter = shown.isLowerBetter
    // Along the front a better value of the metric costs more, whichever way the axis runs.
    let ordered = points.sorted { isLowerBetter ? $0.y > $1.y : $0.y < $1.y }
    guard let first = ordered.first else { return nil }
    var steps = [LineFigure.Point(x: first.x, y: first.y)]
    for (before, point) in zip(ordered, ordered.dropFirst()) where point != before {
      steps += [.init(x: point.x, y: before.y), .init(x: point.x, y: point.y)]
    }
    return LineFigure.Line(label: "Pareto front", points: steps, isReference: true)
  }
}

import CoppiceStore

/// What runs along the horizontal axis of curves: the sparsity in one of its forms, or another column.
struct PointPlace {
  let axis: SparsityAxis
  /// A numeric column of the index; `nil` for the sparsity.
  let column: String?
  /// Whether the column is a setting, whose values are few and are ticks.
  let isCondition: Bool

  /// Where a cell stands: at its mean over seeds. NaN where nothing was measured, which has no place.
  func value(_ cell: Cell) -> Double {
    guard let column else { return axis.value(density: cell.density) }
    return cell.sample(column).mean ?? .nan
  }

  /// How far its place is uncertain, where what runs along the axis was measured and differs over seeds.
  func bounds(_ cell: Cell, _ band: Band) -> (low: Double, high: Double)? {
    guard let column, !isCondition else { return nil }
    let bounds = band.bounds(of: cell.sample(column), within: Metrics.column(column).quantity.bounds)
    return bounds.flatMap { $0.low < $0.high ? $0 : nil }
  }

  /// Values that go over more than a factor of this stand on a logarithmic axis.
  private static let widestLinear = 20.0

  func axis(_ cells: [Cell]) -> Axis {
    guard let column else { return axis.axis }
    let quantity = Metrics.column(column).quantity
    let values = cells.map(value).filter(\.isFinite)
    let isWide =
      (values.min() ?? 0) > 0 && (values.max() ?? 0) > Self.widestLinear * (values.min() ?? 0)
    var axis = quantity.axis()
    axis.scale = isWide ? .logarithmic : .linear
    axis.ticks = isCondition && Set(values).count <= 8 ? .data : .round
    axis.bounds = nil
    return axis
  }
}

extension StageRecord {
  /// Bytes that its contents take in memory, about.
  package var footprint: Int {
    var bytes = 0
    for (_, set) in parameters { for (_, tensor) in set { bytes += 4 * tensor.shape.count } }
    for (_, set) in masks { for (_, mask) in set { bytes += mask.count } }
    for (_, values) in numbers { bytes += 8 * values.count }
    for column in series.columns { bytes += 4 * column.values.count }
    bytes += 8 * series.steps.count
    // An evaluation has some ten metrics by name.
    for evaluation in evaluations { bytes += 400 + 8 * evaluation.testClassAccuracy.count }
    for table in tables { for column in table.columns { bytes += column.values.footprint } }
    return bytes + 100 * (layers.count + invariants.count)
  }
}

extension ColumnValues {
  fileprivate var footprint: Int {
    switch self {
    case .texts(let texts): texts.reduce(0) { $0 + 16 + $1.utf8.count }
    case .integers(let values): 8 * values.count
    case .numbers(let values): 8 * values.count
    }
  }
}

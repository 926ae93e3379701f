/// What runs along a figure's horizontal axis.
package enum SparsityAxis: String, Sendable, CaseIterable {
  /// Density on a logarithmic axis from 100 % down, as the lottery-ticket papers draw it.
  case remaining
  /// Sparsity on a linear axis.
  case sparsity
  /// 1 / density on a logarithmic axis.
  case compression

  /// The value on this axis of a density, 0…1.
  func value(density: Double) -> Double {
    switch self {
    case .remaining: density
    case .sparsity: 1 - density
    case .compression: 1 / density
    }
  }

  var axis: Axis {
    switch self {
    case .remaining:
      Axis(
        label: "Weights remaining (%)", scale: .logarithmic, format: .percent, ticks: .data, isReversed: true)
    case .sparsity: Axis(label: "Sparsity (%)", format: .percent)
    case .compression: Axis(label: "Compression", scale: .logarithmic, format: .times, ticks: .data)
    }
  }
}

import CoppiceTerms

extension Allocation {
  /// Every layer gives the same fraction of its weights, as many of every row. A row is the weights into one neuron; only weights of
  /// one row compete.
  public static let rowWise = rowWise()

  /// `layerWise` with the same number of survivors in every row of a layer, one more in the first rows where that does not
  /// divide: a layer keeps exactly what `layerWise` keeps of it.
  ///
  /// This is the comparison group of Wanda (M. Sun et al., ICLR 2024). Wanda removes ⌊s · in⌋ weights of every row, so that a layer
  /// may fall short of the sparsity s by up to a weight a row.
  /// - Parameters:
  ///   - rates: relative rates by parameter or scope, as in `layerWise`.
  ///   - output: the relative rate of the last prunable layer.
  ///   - ignoring: layers that are left alone, by parameter or scope.
  ///   - floor: what every layer keeps at least. A row has its part of it.
  public static func rowWise(
    rates: [String: Double] = [:], output: Double = 1, ignoring: [String] = [], floor: Floor = .none
  ) -> Allocation {
    layerWise("row-wise", rates, output, ignoring, floor) { .rows($0) }
  }
}

extension Shipped<Allocation> {
  static let rowWise = Shipped(
    .rowWise, "every row of a layer gives as many weights", paper: "Sun et al. 2023"
  ) { fields in
    .rowWise(
      rates: try fields.numbers("rates", .nonNegative),
      output: try fields.number("output", .nonNegative, default: 1),
      ignoring: try fields.texts("ignoring", default: []), floor: try fields.floor())
  }
}

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
  public static func rowWise(
    rates: [String: Double] = [:], output: Double = 1, ignoring: [String] = []
  ) -> Allocation {
    let layerWise = layerWise(rates: rates, output: output)
    return Allocation("row-wise", version: 1, fields: layerWise.specification.fields, ignoring: ignoring) {
      layers, target in
      let quota = try layerWise.quota(for: layers, target: target)
      return quota.layers.map(Quota.rows) ?? quota
    }
  }
}

extension Shipped<Allocation> {
  static let rowWise = Shipped(
    .rowWise, "every row of a layer gives as many weights", paper: "Sun et al. 2023"
  ) { fields in
    .rowWise(
      rates: try fields.numbers("rates", .nonNegative),
      output: try fields.number("output", .nonNegative, default: 1),
      ignoring: try fields.texts("ignoring", default: []))
  }
}

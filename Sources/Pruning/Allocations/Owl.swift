import CoppiceTensors
import CoppiceTerms

extension Allocation {
  /// OWL's rule with outliers above 5 times the mean and a spread of 0.08.
  public static let owl = owl()

  /// Outlier-weighed layers: a layer with more outliers keeps more. The outliers of a layer are its weights whose Wanda score
  /// A = |w| · ‖X‖₂ is above `multiple` times the layer's mean, and D is their share among its survivors. Density l is
  ///
  ///     2λ · (D_l − min D) / (max D − min D) + c
  ///
  /// with the c that gives the whole its sparsity, and stays in 0…1. Where all D are equal, all densities are. So densities lie in a
  /// band of 2λ. Numbers are rounded so that the whole is exact. At sparsities near 1 − λ a layer may end empty: a `floor` holds it.
  ///
  /// L. Yin, Y. Wu, Z. Zhang, C.-Y. Hsieh, Y. Wang, Y. Jia, G. Li, A. Jaiswal, M. Pechenizkiy, Y. Liang, M. Bendersky, Z. Wang, S. Liu,
  /// "Outlier weighed layerwise sparsity (OWL)", ICML 2024. Theirs is c for blocks of equal size, the mean of their densities; here
  /// layers count by their weights. It goes with the criterion `wanda`, which they compare row by row and this allocation layer by layer.
  /// - Parameters:
  ///   - multiple: how many times the mean an outlier is at least, M.
  ///   - spread: λ, half of the band, 0…0.5.
  ///   - ignoring: layers that are left alone, by parameter or scope.
  ///   - floor: what every layer keeps at least.
  public static func owl(
    multiple: Double = 5, spread: Double = 0.08, ignoring: [String] = [], floor: Floor = .none
  ) -> Allocation {
    let own: [(name: String, value: Specification.Value)] = [
      ("multiple", .number(multiple)), ("spread", .number(spread)),
    ]
    return Allocation(
      holding: "owl", version: 1, fields: own + floor.fields, ignoring: ignoring,
      needs: .evidence(.inputSquares),
      plan: { layers, total in
        guard multiple > 0, multiple.isFinite else {
          throw PruningError.parameterOutOfRange(
            multiple, of: "multiple", expected: "an outlier is so many times the mean, above 0",
            allocation: "owl")
        }
        guard (0...0.5).contains(spread) else {
          throw PruningError.parameterOutOfRange(
            spread, of: "spread", expected: "it is half of the band of densities, 0…0.5", allocation: "owl")
        }
        return try floor.pool(total, of: layers, allocation: "owl")
      }
    ) { layers, survivors, context in
      let outliers = try layers.map { try outlierShare($0.name, multiple, context) }
      let (least, most) = (outliers.min() ?? 0, outliers.max() ?? 0)
      let relative = outliers.map { most > least ? 2 * spread * ($0 - least) / (most - least) : 0 }
      let floors = try floor.floors(of: layers, allocation: "owl")
      try Floor.check(floors, total: survivors, layers: layers, allocation: "owl")
      return Floor.holding(floors, total: survivors) { open, total in
        func kept(_ shift: Double) -> [Double] {
          open.map { place in
            let count = Double(layers[place].count)
            return min(Double(layers[place].survivors), max(0, (relative[place] + shift) * count))
          }
        }
        let shift = Shares.solve(Double(total), from: -1, to: 1) { kept($0).reduce(0, +) }
        return Shares.rounded(kept(shift), total: total, limits: open.map { layers[$0].survivors })
      }
    }
  }
}

extension Shipped<Allocation> {
  static let owl = Shipped(
    .owl, "layers with more outliers of Wanda's scores keep more", paper: "Yin et al. 2024"
  ) { fields in
    let multiple = try fields.positive("multiple", default: 5)
    let spread = try fields.number("spread", in: 0...0.5, default: 0.08)
    let floor = try fields.floor()
    return .owl(
      multiple: multiple, spread: spread, ignoring: try fields.texts("ignoring", default: []), floor: floor)
  }
}

/// The share of the survivors of a layer whose Wanda score is above a multiple of their mean.
private func outlierShare(
  _ name: String, _ multiple: Double, _ context: ScoringContext
) throws(PruningError) -> Double {
  guard let weight = context.weights[name], let mask = context.masks[name] else {
    throw .missingParameter(name, in: "weights")
  }
  let squares = try context.evidence(.inputSquares, for: name)
  guard squares.shape == weight.shape else {
    throw .evidenceShape(
      squares.shape, of: name, shape: weight.shape, evidence: Evidence.inputSquares.name)
  }
  var scores: [Double] = []
  for index in mask.bytes.indices where mask.bytes[index] != 0 {
    scores.append(Double(weight.scalars[index]).magnitude * Double(squares.scalars[index]).squareRoot())
  }
  guard !scores.isEmpty else { return 0 }
  let limit = multiple * scores.reduce(0, +) / Double(scores.count)
  return Double(scores.count { $0 > limit }) / Double(scores.count)
}

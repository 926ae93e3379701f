import CoppiceTensors
import CoppiceTerms

extension Allocation {
  /// Every layer gives the same fraction of its own weights, round(s · nₗ) of nₗ.
  public static let layerWise = layerWise()

  /// Every layer gives of its own weights, each at its rate m relative to the schedule's, 1 where not said.
  ///
  /// In a round of a ladder at rate p, layer l loses round(mₗ · p · survivorsₗ). The lottery ticket's rule, 20 % a
  /// round and the output layer at half of it, is `.layerWise(output: 0.5)` under a schedule of rate 0.2
  /// (J. Frankle, M. Carbin, "The lottery ticket hypothesis", ICLR 2019).
  ///
  /// For a sparsity s of the whole, layer l is brought to density x^mₗ, where x solves Σ nₗ · x^mₗ = (1 − s) · Σ nₗ: the
  /// ladder of infinitely small rounds, whose layers do not depend on the number of rounds that led there. Each layer is
  /// rounded by itself, half away from zero, so the whole is off by less than half a weight a layer.
  /// - Parameters:
  ///   - rates: relative rates by parameter (`conv1.weight`) or scope (`conv1`), 0 or more; the longest name that fits
  ///     wins.
  ///   - output: the relative rate of the last prunable layer.
  ///   - ignoring: layers that are left alone, by parameter or scope.
  public static func layerWise(
    rates: [String: Double] = [:], output: Double = 1, ignoring: [String] = []
  ) -> Allocation {
    let rates = rates.sorted { $0.key < $1.key }.map { (scope: $0.key, rate: $0.value) }
    var fields: [(name: String, value: Specification.Value)] = []
    if output != 1 { fields.append(("output", .number(output))) }
    if !rates.isEmpty {
      let values = rates.map { (name: $0.scope, value: Specification.Value.number($0.rate)) }
      fields.append(("rates", .component(Specification("rates", version: 1, values))))
    }
    return Allocation("layer-wise", version: 1, fields: fields, ignoring: ignoring) { layers, target in
      let relative = try relativeRates(of: layers, rates: rates, output: output)
      switch target {
      case .sparsity(let sparsity) where relative.contains { $0 != relative[0] || $0 == 0 }:
        let densities = try densities(of: layers, exponents: relative, sparsity: sparsity)
        return .layers(
          zip(layers, densities).map { layer, density in
            PruningTarget.sparsity(1 - density).survivors(of: layer.survivors, count: layer.count)
          })
      case .sparsity:
        return .layers(layers.map { target.survivors(of: $0.survivors, count: $0.count) })
      case .rate(let rate, _):
        for (layer, relative) in zip(layers, relative) where relative * rate >= 1 {
          throw PruningError.rateOutOfRange(relative * rate, of: "pruning \(layer.name) in a round")
        }
        return .layers(
          zip(layers, relative).map { layer, relative in
            target.survivors(of: layer.survivors, count: layer.count, relativeRate: relative)
          })
      }
    }
  }
}

extension Shipped<Allocation> {
  static let layerWise = Shipped(
    .layerWise, "every layer gives the same fraction, or its own", paper: "Frankle and Carbin 2019"
  ) { fields in
    .layerWise(
      rates: try fields.numbers("rates", .nonNegative),
      output: try fields.number("output", .nonNegative, default: 1),
      ignoring: try fields.texts("ignoring", default: []))
  }
}

/// The relative rate of each layer.
private func relativeRates(
  of layers: [PrunableLayer], rates: [(scope: String, rate: Double)], output: Double
) throws(PruningError) -> [Double] {
  let names = layers.map(\.name)
  for (scope, rate) in rates {
    try names.requireMatch(of: scope, in: "the rates of layer-wise")
    guard rate >= 0, rate.isFinite else { throw .relativeRateOutOfRange(rate, of: scope) }
  }
  guard output >= 0, output.isFinite else { throw .relativeRateOutOfRange(output, of: "the output layer") }
  return names.map { name in
    let fitting = rates.filter { name.isInScope(of: $0.scope) }
    return fitting.max { $0.scope.utf8.count < $1.scope.utf8.count }?.rate
      ?? (name == names.last ? output : 1)
  }
}

/// The densities x^m, with the x for which Σ n · x^m = (1 − sparsity) · Σ n, by bisection to the last bit.
private func densities(
  of layers: [PrunableLayer], exponents: [Double], sparsity: Double
) throws(PruningError) -> [Double] {
  let total = layers.reduce(0) { $0 + Double($1.count) }
  let wanted = (1 - sparsity) * total
  func kept(_ x: Double) -> Double {
    zip(layers, exponents).reduce(0) { $0 + Double($1.0.count) * Elementary.pow(x, $1.1) }
  }
  let fixed = zip(layers, exponents).reduce(0) { $0 + ($1.1 == 0 ? Double($1.0.count) : 0) }
  guard wanted >= fixed else { throw .unreachable(sparsity: sparsity, most: 1 - fixed / total, "layer-wise") }
  var (low, high) = (0.0, 1.0)
  while true {
    let middle = low + (high - low) / 2
    guard middle > low, middle < high else { break }
    if kept(middle) < wanted { low = middle } else { high = middle }
  }
  return exponents.map { Elementary.pow(high, $0) }
}

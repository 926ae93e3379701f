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
  ///
  /// Where a floor holds a layer, the others come to densities y^m, with the y that leaves the whole as it is without a floor. In a round
  /// of a ladder these are fractions of their survivors.
  /// - Parameters:
  ///   - rates: relative rates by parameter (`conv1.weight`) or scope (`conv1`), 0 or more; the longest name that fits
  ///     wins.
  ///   - output: the relative rate of the last prunable layer.
  ///   - ignoring: layers that are left alone, by parameter or scope.
  ///   - floor: what every layer keeps at least.
  public static func layerWise(
    rates: [String: Double] = [:], output: Double = 1, ignoring: [String] = [], floor: Floor = .none
  ) -> Allocation {
    layerWise("layer-wise", rates, output, ignoring, floor) { .layers($0) }
  }

  /// What `layerWise` keeps of each layer, as a quota of that kind.
  static func layerWise(
    _ name: String, _ rates: [String: Double], _ output: Double, _ ignoring: [String], _ floor: Floor,
    quota: @escaping @Sendable (_ counts: [Int]) -> Quota
  ) -> Allocation {
    let rates = rates.sorted { $0.key < $1.key }.map { (scope: $0.key, rate: $0.value) }
    var fields: [(name: String, value: Specification.Value)] = []
    if output != 1 { fields.append(("output", .number(output))) }
    if !rates.isEmpty {
      let values = rates.map { (name: $0.scope, value: Specification.Value.number($0.rate)) }
      fields.append(("rates", .component(Specification("rates", version: 1, values))))
    }
    return Allocation(holding: name, version: 1, fields: fields + floor.fields, ignoring: ignoring) {
      layers, target in
      let shares = LayerShares(
        name, layers, relative: try relativeRates(of: layers, rates: rates, output: output, name))
      let (counts, held) = try shares.counts(target, floor)
      return (quota(counts), held)
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
      ignoring: try fields.texts("ignoring", default: []), floor: try fields.floor())
  }
}

/// The relative rate of each layer.
private func relativeRates(
  of layers: [PrunableLayer], rates: [(scope: String, rate: Double)], output: Double, _ allocation: String
) throws(PruningError) -> [Double] {
  let names = layers.map(\.name)
  for (scope, rate) in rates {
    try names.requireMatch(of: scope, in: "the rates of \(allocation)")
    guard rate >= 0, rate.isFinite else { throw .relativeRateOutOfRange(rate, of: scope) }
  }
  guard output >= 0, output.isFinite else { throw .relativeRateOutOfRange(output, of: "the output layer") }
  return names.map { name in
    let fitting = rates.filter { name.isInScope(of: $0.scope) }
    return fitting.max { $0.scope.utf8.count < $1.scope.utf8.count }?.rate
      ?? (name == names.last ? output : 1)
  }
}

/// How many weights of each layer survive, each at its relative rate m.
private struct LayerShares {
  let allocation: String
  let layers: [PrunableLayer]
  let relative: [Double]

  init(_ allocation: String, _ layers: [PrunableLayer], relative: [Double]) {
    (self.allocation, self.layers, self.relative) = (allocation, layers, relative)
  }

  /// The numbers, and the places of the layers that the floor holds.
  func counts(
    _ target: PruningTarget, _ floor: Allocation.Floor
  ) throws(PruningError) -> (counts: [Int], held: [Int]) {
    guard case .rate(let rate, let times) = target, times > 1, floor != .none else {
      return try raised(try counts(target), target, floor)
    }
    // Rounds of a ladder, each by itself.
    var left = layers
    var held: Set<Int> = []
    for _ in 0..<times {
      let round = try LayerShares(allocation, left, relative: relative)
        .counts(.rate(rate, times: 1), floor)
      for place in left.indices { left[place].survivors = round.counts[place] }
      held.formUnion(round.held)
    }
    return (left.map(\.survivors), held.sorted())
  }

  private func counts(_ target: PruningTarget) throws(PruningError) -> [Int] {
    switch target {
    case .sparsity(let sparsity) where relative.contains { $0 != relative[0] || $0 == 0 }:
      let densities = try densities(sparsity)
      return zip(layers, densities).map { layer, density in
        PruningTarget.sparsity(1 - density).survivors(of: layer.survivors, count: layer.count)
      }
    case .sparsity:
      return layers.map { target.survivors(of: $0.survivors, count: $0.count) }
    case .rate(let rate, _):
      for (layer, relative) in zip(layers, relative) where relative * rate >= 1 {
        throw PruningError.rateOutOfRange(relative * rate, of: "pruning \(layer.name) in a round")
      }
      return zip(layers, relative).map { layer, relative in
        target.survivors(of: layer.survivors, count: layer.count, relativeRate: relative)
      }
    }
  }

  /// The numbers with a floor under them: the layers that it does not hold keep y^m of what they have, with one y.
  private func raised(
    _ counts: [Int], _ target: PruningTarget, _ floor: Allocation.Floor
  ) throws(PruningError) -> (counts: [Int], held: [Int]) {
    try floor.raising(
      counts, of: layers, whole: relative.indices.filter { relative[$0] == 0 }, allocation: allocation
    ) { open, total in
      func kept(_ y: Double) -> [Double] {
        open.map { place in
          let layer = layers[place]
          let whole = if case .sparsity = target { layer.count } else { layer.survivors }
          return min(Double(layer.survivors), Double(whole) * Elementary.pow(y, relative[place]))
        }
      }
      let y = Shares.solve(Double(total), from: 0, to: 1) { kept($0).reduce(0, +) }
      return Shares.rounded(kept(y), total: total, limits: open.map { layers[$0].survivors })
    }
  }

  /// The densities x^m, with the x for which Σ n · x^m = (1 − sparsity) · Σ n, by bisection to the last bit.
  private func densities(_ sparsity: Double) throws(PruningError) -> [Double] {
    let total = layers.reduce(0) { $0 + Double($1.count) }
    let wanted = (1 - sparsity) * total
    func kept(_ x: Double) -> Double {
      zip(layers, relative).reduce(0) { $0 + Double($1.0.count) * Elementary.pow(x, $1.1) }
    }
    let fixed = zip(layers, relative).reduce(0) { $0 + ($1.1 == 0 ? Double($1.0.count) : 0) }
    guard wanted >= fixed else { throw .unreachable(sparsity: sparsity, most: 1 - fixed / total, allocation) }
    var (low, high) = (0.0, 1.0)
    while true {
      let middle = low + (high - low) / 2
      guard middle > low, middle < high else { break }
      if kept(middle) < wanted { low = middle } else { high = middle }
    }
    return relative.map { Elementary.pow(high, $0) }
  }
}

import CoppiceTensors
import CoppiceTerms

extension Allocation {
  /// The layers' shares of the pool in which LAMP scores compete.
  public static let lamp = lamp()

  /// Layer-adaptive magnitudes: every layer gives what it loses where the lowest of all LAMP scores go, and the trial's criterion says
  /// which weights. In order of magnitude, |w₁| ≤ … ≤ |wₙ|, weight u of a layer has the score
  ///
  ///     w_u² / Σ_{v ≥ u} w_v²
  ///
  /// The largest weight of every layer scores 1, so a layer keeps one weight at least while there are as many to keep as layers. Of
  /// equal scores those of the first layer stay. Only survivors take part.
  ///
  /// J. Lee, S. Park, S. Mo, S. Ahn, J. Shin, "Layer-adaptive sparsity for the magnitude-based pruning", ICLR 2021, remove the
  /// weights by the same scores: that is this allocation with the criterion `magnitude`.
  /// - Parameters:
  ///   - ignoring: layers that are left alone, by parameter or scope.
  ///   - floor: what every layer keeps at least.
  public static func lamp(ignoring: [String] = [], floor: Floor = .none) -> Allocation {
    Allocation(
      holding: "lamp", version: 1, fields: floor.fields, ignoring: ignoring, needs: [],
      plan: { layers, total in try floor.pool(total, of: layers, allocation: "lamp") }
    ) { layers, survivors, context in
      let scores = try layers.map { layer in
        guard let weight = context.weights[layer.name], let mask = context.masks[layer.name] else {
          throw PruningError.missingParameter(layer.name, in: "weights")
        }
        return lampScores(weight.scalars, mask.bytes)
      }
      let floors = try floor.floors(of: layers, allocation: "lamp")
      try Floor.check(floors, total: survivors, layers: layers, allocation: "lamp")
      return Floor.holding(floors, total: survivors) { open, total in
        highest(total, of: open.map { scores[$0] })
      }
    }
  }
}

extension Shipped<Allocation> {
  static let lamp = Shipped(
    .lamp, "what each layer loses by LAMP's scores of magnitudes", paper: "Lee et al. 2021"
  ) { fields in
    let floor = try fields.floor()
    return .lamp(ignoring: try fields.texts("ignoring", default: []), floor: floor)
  }
}

/// The LAMP scores of the surviving weights of a layer, ascending. A layer of zeros scores 0.
private func lampScores(_ weights: [Float], _ mask: [UInt8]) -> [Double] {
  let magnitudes = zip(weights, mask).filter { $1 != 0 }.map { abs($0.0) }.sorted()
  var scores = magnitudes.map { Double($0) * Double($0) }
  var sum = 0.0
  for index in scores.indices.reversed() {
    sum += scores[index]
    scores[index] = sum > 0 ? scores[index] / sum : 0
  }
  return scores
}

/// How many of the `total` highest numbers of all arrays, each ascending, lie in each; of equal numbers those of the first arrays come
/// first.
private func highest(_ total: Int, of arrays: [[Double]]) -> [Int] {
  /// How many numbers have at least these bits; numbers from 0 on are in the order of their bits.
  func count(_ array: [Double], from bits: UInt64) -> Int {
    var (low, high) = (0, array.count)
    while low < high {
      let middle = (low + high) / 2
      if array[middle].bitPattern < bits { low = middle + 1 } else { high = middle }
    }
    return array.count - low
  }
  func counts(from bits: UInt64) -> [Int] { arrays.map { count($0, from: bits) } }
  // The highest threshold from which on there are enough.
  var (low, high) = (UInt64(0), Double.infinity.bitPattern)
  while high - low > 1 {
    let middle = low + (high - low) / 2
    if counts(from: middle).reduce(0, +) >= total { low = middle } else { high = middle }
  }
  var result = counts(from: low + 1)
  var missing = total - result.reduce(0, +)
  for (place, all) in counts(from: low).enumerated() {
    let more = min(missing, all - result[place])
    result[place] += more
    missing -= more
  }
  return result
}

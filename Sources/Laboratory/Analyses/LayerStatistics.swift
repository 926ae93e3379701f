import CoppiceStore
import CoppiceTensors
import CoppiceTerms

extension Analysis {
  /// The weights of each layer of every round: how many survive, their mean, standard deviation, quantiles and kurtosis, and how many have
  /// another sign than before training. A second table has their histogram for the densest, the middle and the sparsest networks of each
  /// method, and before training: the mean over seeds.
  ///
  /// Statistics are those of the surviving weights alone (`WeightStatistics`). Bins of the histogram are 0.4 standard deviations wide
  /// that the layer had before training, from −8.2 to 8.2 of them (`WeightHistogram`).
  public static let layerStatistics = Analysis("layer-statistics", version: 1) { context in
    var rows: [LayerWeights] = []
    var initial: (trial: String, weights: ParameterSet) = ("", ParameterSet())
    var known: [StageKey: [(name: String, statistics: WeightStatistics)]] = [:]
    var histograms = HistogramTable(context)
    for round in context.rounds {
      let isShown = histograms.shows(round)
      if isShown || known[round.training] == nil {
        if initial.trial != round.trial {
          initial = (round.trial, try context.initialWeights(of: round) ?? ParameterSet())
        }
        let (weights, masks) = (try context.weights(of: round), try context.masks(of: round)?.counted)
        let names = masks?.names ?? round.plan?.regimen.model.prunable ?? weights.names
        let layers = names.compactMap { name in
          weights[name].flatMap { $0.shape.rank > 1 ? (name, $0, masks?[name], initial.weights[name]) : nil }
        }
        known[round.training] = layers.map { ($0, WeightStatistics($1, $2, initial: $3)) }
        if isShown {
          for (name, weight, mask, first) in layers { histograms.add(round, name, weight, mask, first) }
        }
      }
      rows += (known[round.training] ?? []).map { LayerWeights(round: round, layer: $0, statistics: $1) }
    }
    return [LayerWeights.table(rows), histograms.table]
  }
}

extension Shipped<Analysis> {
  static let layerStatistics = Shipped(
    .layerStatistics,
    "mean, spread, quantiles, kurtosis and flipped signs of the weights of each layer, and histograms")
}

/// The surviving weights of a layer in numbers. What cannot be told of none is NaN.
package struct WeightStatistics: Hashable, Sendable {
  package let weights: Int
  package let kept: Int
  package let mean: Double
  /// The standard deviation of the population: √(Σ (w − mean)² / n).
  package let deviation: Double
  /// Σ (w − mean)⁴ / n / deviation⁴ − 3: 0 for a normal distribution.
  package let kurtosis: Double
  /// The 0, 0.05, 0.25, 0.5, 0.75, 0.95 and 1 quantiles, by linear interpolation between the two nearest weights.
  package let quantiles: [Double]
  /// The share of survivors whose sign is not that before training.
  package let flipped: Double

  /// The shares of weights that lie below the quantiles.
  package static let shares = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1]

  /// The statistics of a weight where a mask keeps it.
  package init(_ weight: Tensor, _ mask: Mask?, initial: Tensor?) {
    var values: [Double] = []
    var flips = 0
    values.reserveCapacity(weight.scalars.count)
    let first = initial?.shape == weight.shape ? initial?.scalars : nil
    for (place, scalar) in weight.scalars.enumerated() where mask.map({ $0.bytes[place] != 0 }) ?? true {
      values.append(Double(scalar))
      if let first, (first[place] < 0) != (scalar < 0) { flips += 1 }
    }
    (weights, kept) = (weight.scalars.count, values.count)
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    var (second, fourth) = (0.0, 0.0)
    for value in values {
      let square = (value - mean) * (value - mean)
      second += square
      fourth += square * square
    }
    self.mean = mean
    deviation = (second / count).squareRoot()
    kurtosis = fourth / count / (second / count * (second / count)) - 3
    values.sort()
    quantiles = Self.shares.map { share in
      guard let last = values.indices.last else { return .nan }
      let place = share * Double(last)
      let below = Int(place)
      let above = min(below + 1, last)
      return values[below] + (place - Double(below)) * (values[above] - values[below])
    }
    flipped = first == nil ? .nan : Double(flips) / count
  }
}

/// How many weights lie in bins of one width around 0.
package enum WeightHistogram {
  /// How many bins there are, one of them around 0.
  package static let count = 41
  /// The width of a bin, in standard deviations of the layer before training.
  package static let width = 0.4

  /// The middle of a bin, in standard deviations.
  package static func center(_ bin: Int) -> Double { Double(2 * (bin - count / 2)) / 5 }

  /// The share of surviving weights in each bin. The outermost take what lies beyond.
  package static func shares(_ weight: Tensor, _ mask: Mask?, deviation: Double) -> [Double] {
    var counts = [Int](repeating: 0, count: count)
    var total = 0
    for (place, scalar) in weight.scalars.enumerated() where mask.map({ $0.bytes[place] != 0 }) ?? true {
      let steps = (Double(scalar) / deviation / width).rounded()
      guard !steps.isNaN else { continue }
      counts[count / 2 + Int(min(max(steps, Double(-(count / 2))), Double(count / 2)))] += 1
      total += 1
    }
    return counts.map { total > 0 ? Double($0) / Double(total) : .nan }
  }
}

/// A layer of a round.
private struct LayerWeights {
  let round: AnalysisRound
  let layer: String
  let statistics: WeightStatistics

  static func table(_ rows: [LayerWeights]) -> NamedTable {
    func numbers(_ name: String, _ title: String, _ value: (WeightStatistics) -> Double) -> NamedTable.Column
    {
      .init(Quantity(name, title), numbers: rows.map { value($0.statistics) })
    }
    let names = ["minimum", "quantile_5", "quantile_25", "median", "quantile_75", "quantile_95", "maximum"]
    let quantiles = names.enumerated().map { place, name in
      numbers(name, name.replacing("_", with: " ")) { $0.quantiles[place] }
    }
    return NamedTable(
      "layer_statistics", title: "weights of each layer",
      description:
        "The surviving weights: standard deviation of the population, quantiles by linear interpolation, kurtosis above a normal "
        + "distribution's, and the share whose sign is not that before training.",
      columns: [
        .init("trial", texts: rows.map(\.round.trial)), .init("method", texts: rows.map(\.round.row.method)),
        .init("seed", integers: rows.map(\.round.seed)), .init("round", integers: rows.map(\.round.index)),
        .init(
          Quantity("density", "weights remaining", unit: .fraction),
          numbers: rows.map { $0.round.masks == nil ? 1 : $0.round.row.askedDensity }),
        .init("layer", texts: rows.map(\.layer)),
        .init("weights", integers: rows.map(\.statistics.weights)),
        .init("kept", "surviving weights", integers: rows.map(\.statistics.kept)),
        .init(
          Quantity("layer_density", "remaining of the layer", unit: .fraction),
          numbers: rows.map { Double($0.statistics.kept) / Double(max(1, $0.statistics.weights)) }),
        numbers("mean", "mean") { $0.mean }, numbers("deviation", "standard deviation") { $0.deviation },
        numbers("kurtosis", "kurtosis") { $0.kurtosis },
      ] + quantiles + [
        .init(
          Quantity("flipped", "flipped signs", unit: .fraction), numbers: rows.map(\.statistics.flipped))
      ],
      drawing: .init("layer_density", against: "density", inPanelsOf: "layer", by: ["method"]))
  }
}

/// Histograms of some rounds, the mean over seeds.
private struct HistogramTable {
  private struct Key: Hashable {
    let method, layer: String
    /// NaN has no place in a key: −1 is the network before training.
    let density: Double
  }

  /// The densities that are shown of each method.
  private var shown: [String: Set<Double>] = [:]
  private var order: [Key] = []
  private var sums: [Key: (shares: [Double], seeds: Int)] = [:]
  private var begun: Set<String> = []

  /// Chooses the densest, the middle and the sparsest networks of each method.
  init(_ context: AnalysisContext) {
    var densities: [String: Set<Double>] = [:]
    for round in context.rounds { densities[round.row.method, default: []].insert(Self.density(round)) }
    shown = densities.mapValues { densities in
      let falling = densities.sorted(by: >)
      return Set([falling.first, falling[falling.count / 2], falling.last].compactMap { $0 })
    }
  }

  private static func density(_ round: AnalysisRound) -> Double {
    round.masks == nil ? 1 : round.row.askedDensity
  }

  func shows(_ round: AnalysisRound) -> Bool {
    shown[round.row.method]?.contains(Self.density(round)) ?? false
  }

  mutating func add(
    _ round: AnalysisRound, _ layer: String, _ weight: Tensor, _ mask: Mask?, _ initial: Tensor?
  ) {
    guard let initial else { return }
    let deviation = WeightStatistics(initial, nil, initial: nil).deviation
    let method = round.row.method
    // Trials of one seed begin alike: once is enough.
    if begun.insert("\(method) \(layer) \(round.seed)").inserted {
      add(Key(method: method, layer: layer, density: -1), initial, nil, deviation)
    }
    add(Key(method: method, layer: layer, density: Self.density(round)), weight, mask, deviation)
  }

  private mutating func add(_ key: Key, _ weight: Tensor, _ mask: Mask?, _ deviation: Double) {
    let shares = WeightHistogram.shares(weight, mask, deviation: deviation)
    guard let known = sums[key] else {
      order.append(key)
      sums[key] = (shares, 1)
      return
    }
    sums[key] = (zip(known.shares, shares).map { $0 + $1 }, known.seeds + 1)
  }

  var table: NamedTable {
    let rows = order.flatMap { key in (0..<WeightHistogram.count).map { (key, $0) } }
    func state(_ key: Key) -> String {
      if key.density < 0 { return "before training" }
      return "\((key.density * 100).rounded(toPlaces: 2)) % remaining"
    }
    return NamedTable(
      "weight_histogram", title: "surviving weights of each layer",
      description:
        "The share of a layer's surviving weights in bins 0.4 standard deviations wide that the layer had before training, "
        + "the mean over seeds; the outermost bins take what lies beyond.",
      columns: [
        .init("panel", "layer and method", texts: rows.map { "\($0.0.layer), \($0.0.method)" }),
        .init("method", texts: rows.map(\.0.method)), .init("layer", texts: rows.map(\.0.layer)),
        .init("state", texts: rows.map { state($0.0) }),
        .init(
          Quantity("density", "weights remaining", unit: .fraction),
          numbers: rows.map { $0.0.density < 0 ? .nan : $0.0.density }),
        .init("networks", integers: rows.map { sums[$0.0]?.seeds ?? 0 }),
        .init(
          Quantity("weight", "weight (initial standard deviations)", format: .decimal(1)),
          numbers: rows.map { WeightHistogram.center($0.1) }),
        .init(
          Quantity("share", "share of the weights", unit: .fraction),
          numbers: rows.map { key, bin in
            sums[key].map { $0.shares[bin] / Double($0.seeds) } ?? .nan
          }),
      ],
      drawing: .init("share", against: "weight", inPanelsOf: "panel", by: ["state"]))
  }
}

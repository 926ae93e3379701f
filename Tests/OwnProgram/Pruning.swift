import Coppice

extension Criterion {
  /// |w| over the size it had before training. Still being written: it has no version.
  static let growth = Criterion("growth", needs: .initialWeights) { context in
    let initial = try context.initialWeights()
    return try context.scoreEach { name, weight in
      Tensor(
        weight.shape, zip(weight.scalars, initial[name]?.scalars ?? []).map { abs($0) / (abs($1) + 1e-3) })
    }
  }

  /// w² · curvature.
  static let sharpness = Criterion("sharpness", version: 1, needs: .evidence(.curvature)) { context in
    try context.scoreEach(from: .curvature) { weight, curvature in weight * weight * curvature }
  }

  /// Takes every weight for a convolution's.
  static let overreaching = Criterion("overreaching", version: 1) { context in
    try context.scoreEach { _, weight in
      let area = Float(weight.shape[2] * weight.shape[3])
      return Tensor(weight.shape, weight.scalars.map { abs($0) / area })
    }
  }
}

extension Evidence {
  /// The mean of squared gradients over single examples.
  static let curvature = Evidence("curvature", version: 1, batch: .examples(1), combine: .meanOfSquares) {
    trace in
    let gradients = trace.gradients(of: trace.loss, wrt: trace.weights.map(\.value))
    return zip(trace.weights, gradients).map { ($0.name, $1) }
  }
}

extension Shipped<Criterion> {
  static let growth = Shipped(.growth, "|w| over the size it had before training")
  static let sharpness = Shipped(.sharpness, "w² times the mean of squared gradients", aliases: ["sharp"])
  static let overreaching = Shipped(.overreaching, "asks for axes that there are not")
}

extension Granularity {
  /// Two neighbours.
  static let pair = Granularity("pair", version: 1) { shape in shape.count % 2 == 0 ? 2 : 1 }
}

extension Shipped<Granularity> {
  static let pair = Shipped(.pair, "two neighbours of a row")
}

extension Allocation {
  /// The same share of every layer; the first gives half of it.
  static let firstLayer = Allocation("first-layer", version: 1) { layers, target in
    guard case .sparsity(let sparsity) = target else { return .layers(layers.map(\.survivors)) }
    return .layers(
      layers.enumerated().map { index, layer in
        min(
          layer.survivors,
          layer.count - Int(Double(layer.count) * (index == 0 ? sparsity / 2 : sparsity)) / 2 * 2)
      })
  }
}

extension Shipped<Allocation> {
  static let firstLayer = Shipped(.firstLayer, "the same share of every layer, half of it of the first")
}

extension Schedule {
  /// Cubic: s · (1 − (1 − k/n)³) after round k.
  static func cubic(rounds: Int) -> Schedule {
    Schedule("own-cubic", version: 1, fields: [("rounds", .integer(rounds))], rounds: rounds) {
      round, ratio in
      let rest = 1 - Double(round) / Double(rounds)
      return ratio * (1 - rest * rest * rest)
    }
  }
}

extension Shipped<Schedule> {
  static let cubic = Shipped(.cubic(rounds: 3), "much at first, less and less later") { fields in
    .cubic(rounds: try fields.integer("rounds", in: 1...1_000))
  }
}

extension Retraining {
  static let short = Retraining("short", version: 1) { total, _ in RetrainingPlan(iterations: total / 4) }
}

extension Shipped<Retraining> {
  static let short = Shipped(.short, "a quarter of the training")
}

extension RetrainingRate {
  static let halved = RetrainingRate("halved", version: 1) { moment in
    moment.denseRate(moment.denseTotal - 1) / 2
  }
}

extension Shipped<RetrainingRate> {
  static let halved = Shipped(.halved, "half of the last rate")
}

extension Dynamics {
  /// Removes the whole ratio in the middle of the training.
  static let halfway = Dynamics("halfway", version: 1, isDue: { $0.step == $0.total / 2 }) { context in
    DynamicMasks(active: try context.prune(to: .sparsity(context.ratio ?? 0)))
  }
}

extension Shipped<Dynamics> {
  static let halfway = Shipped(.halfway, "the whole ratio in the middle of the training")
}

import Coppice

extension Criterion {
  /// |w| over the size it had before training.
  static let growth = Criterion("growth", version: 1, needs: .initialWeights) { context in
    let initial = try context.initialWeights()
    return try context.scoreEach { name, weight in
      Tensor(
        weight.shape, zip(weight.scalars, initial[name]?.scalars ?? []).map { abs($0) / (abs($1) + 1e-3) })
    }
  }
}

extension Shipped<Criterion> {
  static let growth = Shipped(.growth, "|w| over the size it had before training")
}

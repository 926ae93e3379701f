import CoppiceAutodiff

extension Evidence {
  /// ∂Lₙ/∂w of every example n by itself, each with a loss of its own, for every weight that can be pruned: `[examples, …]`. It is as
  /// large as so many networks.
  public static let exampleGradients = Evidence(
    "example-gradients", version: 1, batch: .examples(1), combine: .each
  ) { trace in trace.multipliedWeightGradients }

  /// 1/N · Σₙ gₙ gₙᵀ over N examples, gₙ being the gradients of an example's own loss by a run of `block` consecutive weights: the
  /// blocks along the diagonal of the empirical Fisher information. Lower triangles, `[blocks, block · (block + 1) / 2]`, for every
  /// weight that can be pruned.
  public static func fisherBlocks(of block: Int) -> Evidence {
    Evidence(
      "fisher-blocks", version: 1, fields: [("block", .integer(block))], batch: .examples(1),
      combine: .meanOfProducts(size: block)
    ) { trace in trace.multipliedWeightGradients }
  }
}

extension LossTrace {
  /// The gradient of the loss with respect to every weight that is multiplied somewhere.
  fileprivate var multipliedWeightGradients: [(name: String, value: Value)] {
    let weights = multipliedWeights
    return zip(weights, gradients(of: loss, wrt: weights.map(\.value))).map { ($0.name, $1) }
  }
}

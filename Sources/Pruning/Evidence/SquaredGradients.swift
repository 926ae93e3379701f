extension Evidence {
  /// 1/N · Σₙ (∂Lₙ/∂w)² over N examples, each with a loss Lₙ and a gradient of its own: the diagonal of the empirical Fisher
  /// information, for every trained parameter. The square of the gradient of the mean loss is another number altogether.
  public static let squaredGradients = Evidence(
    "squared-gradients", version: 1, batch: .examples(1), combine: .meanOfSquares
  ) { $0.weightGradients }
}

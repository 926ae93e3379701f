extension Evidence {
  /// ∂L/∂w of the mean loss L on a batch, for every trained parameter; over several batches their mean.
  public static let gradients = Evidence("gradients", version: 1, combine: .mean) { $0.weightGradients }
}

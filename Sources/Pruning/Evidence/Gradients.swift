import CoppiceAutodiff
import CoppiceTerms

extension Evidence {
  /// ∂L/∂w of the mean loss L on a batch, for every trained parameter; over several batches their mean.
  public static let gradients = Evidence("gradients", version: 1, combine: .mean) { $0.lossGradients }
}

extension LossTrace {
  /// The gradient of the loss with respect to every trained parameter.
  var lossGradients: [(name: String, value: Value)] {
    Array(zip(weights.map(\.name), gradients(of: loss, wrt: weights.map(\.value))))
  }
}

extension Shipped<Evidence> {
  static let gradients = Shipped(.gradients, "the gradient of the mean loss by every parameter")
}

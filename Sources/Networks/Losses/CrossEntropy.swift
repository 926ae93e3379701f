import CoppiceAutodiff
import CoppiceTerms

extension Loss {
  /// The cross-entropy of the softmax with the labels, `−ln softmax(logits)[label]`.
  public static let crossEntropy = Loss("cross-entropy", version: 1) { logits, labels, _ in
    logits.softmaxCrossEntropy(labels)
  }
}

extension Shipped<Loss> {
  static let crossEntropy = Shipped(.crossEntropy, "minus the logarithm of the right class's probability")
}

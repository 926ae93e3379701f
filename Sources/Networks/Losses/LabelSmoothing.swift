import CoppiceAutodiff
import CoppiceTerms

extension Loss {
  /// The cross-entropy with smoothed labels (Szegedy et al. 2016), as PyTorch defines it: `−Σ_c t_c · ln softmax(logits)_c`, where
  /// t is `1 − share` at the label and `share / classes` more at every class.
  ///
  /// - Parameter share: how much of each label is spread over all classes, 0…1.
  public static func labelSmoothing(share: Double = 0.1) -> Loss {
    Loss("label-smoothing", version: 1, [("share", .number(share))]) { logits, labels, _ in
      let classes = logits.shape[-1]
      let right = labels.oneHot(classes: classes)
      let counted = right.summed(over: 1).expanded(at: 1, count: classes)
      let target =
        right.scaled(by: Float(1 - share)) + counted.scaled(by: Float(share / Double(max(1, classes))))
      return -(target * logits.logSoftmax).summed(over: 1)
    }
  }
}

extension Shipped<Loss> {
  static let labelSmoothing = Shipped(
    .labelSmoothing(), "cross-entropy with a share of each label spread over all classes",
    paper: "Szegedy et al. 2016"
  ) { fields in
    .labelSmoothing(share: try fields.number("share", in: 0...1, default: 0.1))
  }
}

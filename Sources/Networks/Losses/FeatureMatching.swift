import CoppiceAutodiff
import CoppiceTerms

extension Loss {
  /// Hints of a teacher beside the labels: the cross-entropy, and the mean squared difference of what a layer gives in both networks,
  ///
  ///     cross-entropy(student, label) + weight · mean (student's activations − teacher's activations)²
  ///
  /// A. Romero et al., "FitNets: hints for thin deep nets", ICLR 2015, who map the narrower activations onto the wider ones with one more
  /// layer. Here both have one shape. Where a label does not count, neither do its activations.
  ///
  /// - Parameters:
  ///   - weight: how much the difference counts, 0 or more.
  ///   - layer: the layer, as `fc1` or `layer2.0.conv1`, whose output is compared, with its bias and the rectifier that it has. `last`
  ///     compares what the last layer is given: the last hidden activations.
  public static func featureMatching(weight: Double = 1, layer: String = "last") -> Loss {
    Loss(
      "feature-matching", version: 1, [("weight", .number(weight)), ("layer", .text(layer))],
      matching: MatchedLayer(layer)
    ) { logits, labels, student, teacher in
      let classes = logits.shape[-1]
      let counted = labels.oneHot(classes: classes).summed(over: 1)
      let difference = (student - teacher).rows(labels.shape[0])
      let squares = (difference * difference).mean(over: 1) * counted
      return logits.softmaxCrossEntropy(labels) + squares.scaled(by: Float(weight))
    }
  }
}

extension Value {
  /// The activations `[rows, …]` or, of sequences, `[examples, places, …]` as a row for each label: `[rows, features]`.
  fileprivate func rows(_ rows: Int) -> Value {
    if shape.axes.first == rows { return shape.rank == 2 ? self : flattened(from: 1) }
    let leading = shape.axes.indices.first { shape.axes.prefix($0 + 1).reduce(1, *) == rows } ?? 0
    let merged = mergingAxes(0, count: leading + 1)
    return merged.shape.rank == 2 ? merged : merged.flattened(from: 1)
  }
}

extension Shipped<Loss> {
  static let featureMatching = Shipped(
    .featureMatching(), "what a layer gives in a teacher beside the labels, for the step distil",
    paper: "Romero et al. 2015"
  ) { fields in
    .featureMatching(
      weight: try fields.number("weight", .nonNegative, default: 1),
      layer: try fields.text("layer", default: "last"))
  }
}

import Coppice

extension Optimizer {
  /// Steps of one length, along the sign of the running mean of gradients (Chen et al. 2023).
  static let lion = Optimizer("lion", version: 1, moments: ["momentum"], corrections: [("correction", 0.9)]) {
    update in
    let momentum = update.moments[0], gradient = update.gradient
    let mean = momentum.scaled(by: 0.9) + gradient.scaled(by: 0.1) / update.corrections[0]
    return [
      update.weight - (mean.step - (-mean).step) * update.learningRate,
      momentum.scaled(by: 0.99) + gradient.scaled(by: 0.01),
    ]
  }

  /// Forgets its moment.
  static let signs = Optimizer("signs", moments: ["momentum"]) { update in
    [update.weight - (update.gradient.step - (-update.gradient).step) * update.learningRate]
  }
}

extension Shipped<Optimizer> {
  static let lion = Shipped(
    .lion, "steps of one length, along the sign of the running mean", paper: "Chen et al. 2023")
  static let signs = Shipped(.signs, "gives back less than it was given")
}

extension LearningRate {
  static func halving(_ rate: Double) -> LearningRate {
    LearningRate("halving", version: 1, [("rate", .number(rate))]) { step, total in
      step * 2 < total ? rate : rate / 2
    }
  }
}

extension Shipped<LearningRate> {
  static let halving = Shipped(.halving(0.1), "half of it from the middle on") { fields in
    .halving(try fields.positive("rate"))
  }
}

extension Loss {
  /// The squared distance of the probabilities from the labels (Brier 1950).
  static let squares = Loss("squares", version: 1) { logits, labels, _ in
    let right = labels.oneHot(classes: logits.shape[-1])
    let difference = logits.softmax * right.summed(over: 1).expanded(at: 1, count: logits.shape[-1]) - right
    return (difference * difference).summed(over: 1)
  }
}

extension Shipped<Loss> {
  static let squares = Shipped(
    .squares, "the squared distance of the probabilities from the labels", paper: "Brier 1950")
}

extension StopRule {
  static let enough = StopRule("enough", version: 1, ends: .training, by: "validation_loss") { values, _ in
    values.count > 2 ? "that is enough" : nil
  }
}

extension Shipped<StopRule> {
  static let enough = Shipped(.enough, "after three evaluations")
}

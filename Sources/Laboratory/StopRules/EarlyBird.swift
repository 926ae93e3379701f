import CoppiceTerms

extension StopRule {
  /// Ends the training before the first pruning as soon as the mask that this pruning would cut hardly moves any more. In every
  /// interval a mask is drawn from the weights as they stand, by the trial's own criterion, granularity, allocation and ratio, and its
  /// Hamming distances to the last masks before it are taken:
  ///
  ///     d(m, m') = Σ |m − m'| / n,   stop where max d < ε
  ///
  /// What follows is `Retraining.complete()`, which makes the steps that were left and so has the budget of the dense network, or any
  /// other retraining. The criterion must work from weights alone.
  ///
  /// H. You et al., "Drawing early-bird tickets: towards more efficient training of deep networks", ICLR 2020. Their Algorithm 1 keeps
  /// the last five distances between one mask and the next. Their program compares the newest mask with each one before it that it
  /// keeps, and so does this.
  ///
  /// - Parameters:
  ///   - interval: how often a mask is drawn, the first time after so long.
  ///   - memory: with how many masks before it each one is compared; fewer of them end nothing.
  ///   - epsilon: ε, the fraction of the prunable weights below which all distances must be.
  public static func earlyBird(
    every interval: Budget = .epochs(1), memory: Int = 5, epsilon: Double = 0.1
  ) -> StopRule {
    StopRule(
      "early-bird", version: 1, fields: [("epsilon", .number(epsilon))], drawing: interval, memory: memory
    ) { distances in
      guard let largest = distances.max(), largest < epsilon else { return nil }
      return
        "the mask is as far as \(distances.map { "\($0)" }.joined(separator: ", ")) from those drawn before it"
    }
  }
}

extension Shipped<StopRule> {
  static let earlyBird = Shipped(
    .earlyBird(), "ends the training before the first pruning when the mask to be cut hardly moves any more",
    paper: "You et al. 2020"
  ) { fields in
    .earlyBird(
      every: try fields.budget("every", default: .epochs(1)),
      memory: try fields.integer("memory", in: StopRule.possibleMemory, default: 5),
      epsilon: try fields.number("epsilon", .rate, default: 0.1))
  }
}

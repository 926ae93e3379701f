import CoppiceTensors
import CoppiceTerms

extension Criterion {
  /// |w · ∂L/∂w| / Σ |w · ∂L/∂w|, the sum being over all prunable weights: connection sensitivity, the share of a connection in
  /// what the loss loses to first order when connections are cut. 0 throughout where nothing is sensitive.
  ///
  /// N. Lee, T. Ajanthan, P. Torr, "SNIP: single-shot network pruning based on connection sensitivity", ICLR 2019. The paper
  /// scores the network once, on one batch, before any training, and prunes it at one stroke: that is the schedule's to say. Its
  /// code prunes biases as well, which start at 0 and so go first; here they are not prunable. The order of the weights is that
  /// of `taylor`, but for scores so near to each other that rounding makes them equal.
  public static let snip = Criterion("snip", version: 1, needs: .gradients) { context in
    var sum = 0.0
    _ = try context.scoreEach(from: .gradients) { weight, gradient in
      sum += (Double(weight) * Double(gradient)).magnitude
      return 0
    }
    let scale = sum > 0 ? 1 / sum : 0
    return try context.scoreEach(from: .gradients) { weight, gradient in
      Float((Double(weight) * Double(gradient)).magnitude * scale)
    }
  }
}

extension Shipped<Criterion> {
  static let snip = Shipped(
    .snip, "|weight · gradient| as a share of the whole: connection sensitivity", paper: "Lee et al. 2019")
}

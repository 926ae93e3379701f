import CoppiceTensors
import CoppiceTerms

extension Criterion {
  /// |w · ∂L/∂w| / Σ |w · ∂L/∂w|, the sum being over all prunable weights: connection sensitivity. It is a connection's share of
  /// what the loss changes by, to first order, when connections are cut. Where nothing is sensitive, every score is 0.
  ///
  /// N. Lee, T. Ajanthan, P. Torr, "SNIP: single-shot network pruning based on connection sensitivity", ICLR 2019. The paper
  /// scores the network once, on one batch, before any training, and prunes it at one stroke: that is the schedule's to say. Its
  /// code prunes biases as well, which start at 0 and so go first; here they are not prunable. Weights are in the order of
  /// `taylor`, except where rounding makes two scores equal.
  public static let snip = snip()

  /// `snip` in rounds: sensitivities are measured again after each cut, on what survives.
  ///
  /// P. de Jorge et al., "Progressive skeletonization: trimming more fat from a network at initialization", ICLR 2021: iterative SNIP,
  /// whose rounds leave densities that fall by one factor, as here. Weights do not come back (in the paper's FORCE they may).
  /// - Parameter rounds: in how many cuts a pruning is made, 1…1000.
  public static func snip(rounds: Int = 1) -> Criterion {
    Criterion("snip", version: 1, rounds: rounds, needs: .gradients) { context in
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
}

extension Shipped<Criterion> {
  static let snip = Shipped(
    .snip, "|weight · gradient| as a share of the whole: connection sensitivity", paper: "Lee et al. 2019"
  ) { fields in .snip(rounds: try fields.integer("rounds", .rounds, default: 1)) }
}

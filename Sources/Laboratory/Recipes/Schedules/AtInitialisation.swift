import CoppiceTensors
import CoppiceTerms

extension Schedule {
  /// Pruning before any training. Every round scores the network at its initial weights, as far as the round before left them, and
  /// nothing is trained between rounds. The whole training follows under the last mask. After round k of n the density is
  /// (1 − s)^(k/n). Only the trained network is a result.
  ///
  /// One round is how SNIP and GraSP prune (N. Lee et al., ICLR 2019; C. Wang et al., ICLR 2020). Many rounds are SynFlow's
  /// way (H. Tanaka et al., NeurIPS 2020). It goes with `Retraining.rewind()`, which trains from the initial weights to the
  /// end of the training, at the learning rates the dense network had.
  public static func atInitialisation(rounds: Int = 1) -> Schedule {
    Schedule(
      "at-initialisation", version: 1, fields: [("rounds", .integer(rounds))], rounds: rounds,
      from: .iterations(0)
    ) { round, ratio in
      round == rounds ? ratio : 1 - Elementary.pow(1 - ratio, Double(round) / Double(rounds))
    }
  }
}

extension Shipped<Schedule> {
  static let atInitialisation = Shipped(
    .atInitialisation(), "prunes the initial weights, before the whole training", paper: "Lee et al. 2019"
  ) { fields in .atInitialisation(rounds: try fields.integer("rounds", .rounds, default: 1)) }
}

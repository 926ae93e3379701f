import CoppiceTensors
import CoppiceTerms

extension Schedule {
  /// Rounds that each remove the same fraction of the survivors, so that the last one ends at the pruning ratio s: after
  /// round k of n the sparsity is 1 − (1 − s)^(k/n). The last round is the result.
  public static func iterative(rounds: Int) -> Schedule {
    Schedule("iterative", version: 1, fields: [("rounds", .integer(rounds))], rounds: rounds) {
      round, ratio in
      round == rounds ? ratio : 1 - Elementary.pow(1 - ratio, Double(round) / Double(rounds))
    }
  }
}

extension Shipped<Schedule> {
  static let iterative = Shipped(
    .iterative(rounds: 5), "rounds that each remove the same fraction of the survivors, to the pruning ratio",
    paper: "Han et al. 2015"
  ) { fields in .iterative(rounds: try fields.integer("rounds", .rounds)) }
}

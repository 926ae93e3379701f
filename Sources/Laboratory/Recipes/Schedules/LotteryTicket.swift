import CoppiceTerms

extension Schedule {
  /// A ladder: every round removes a fraction of the survivors, 20 % in the paper, and every round is a result. Takes no
  /// pruning ratio; after round k the density is (1 − rate)^k, of layers at the full rate.
  ///
  /// J. Frankle, M. Carbin, "The lottery ticket hypothesis: finding sparse, trainable neural networks", ICLR 2019. With
  /// it go `Allocation.layerWise(output: 0.5)` and `Retraining.rewind()`.
  public static func lotteryTicket(rounds: Int, rate: Double = 0.2) -> Schedule {
    Schedule(
      "lottery-ticket", version: 1, fields: [("rounds", .integer(rounds)), ("rate", .number(rate))],
      rounds: rounds, rate: rate)
  }
}

extension Shipped<Schedule> {
  static let lotteryTicket = Shipped(
    .lotteryTicket(rounds: 12), "a ladder: every round removes a fraction of the survivors and is a result",
    paper: "Frankle and Carbin 2019"
  ) { fields in
    .lotteryTicket(
      rounds: try fields.integer("rounds", .rounds), rate: try fields.number("rate", .rate, default: 0.2))
  }
}

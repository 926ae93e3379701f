import CoppiceTerms

extension Schedule {
  /// One round that removes the whole pruning ratio.
  public static let oneShot = Schedule("one-shot", version: 1, rounds: 1) { _, ratio in ratio }

  /// One round that leaves exactly as many weights in every layer as a ladder of this rate does after so many rounds, rounding
  /// included. Takes no pruning ratio.
  public static func oneShot(toRound round: Int, rate: Double = 0.2) -> Schedule {
    Schedule(
      "one-shot", version: 1, fields: [("to-round", .integer(round)), ("rate", .number(rate))], rounds: 1,
      isLadder: false, rate: rate, times: round)
  }
}

extension Shipped<Schedule> {
  static let oneShot = Shipped(.oneShot, "one round that removes the whole pruning ratio") { fields in
    guard let round = try fields.integerIfAny("to-round", .rounds, as: 3) else { return .oneShot }
    return .oneShot(toRound: round, rate: try fields.number("rate", .rate, default: 0.2))
  }
}

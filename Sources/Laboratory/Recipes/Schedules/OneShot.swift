import CoppiceTerms

extension Schedule {
  /// One round that removes the whole pruning ratio.
  public static let oneShot = Schedule("one-shot", version: 1, rounds: 1) { _, ratio in ratio }

  /// One round that goes where a ladder of this rate stands after so many rounds: in every layer exactly as many
  /// weights survive, rounding included. Takes no pruning ratio.
  public static func oneShot(toRound round: Int, rate: Double = 0.2) -> Schedule {
    Schedule(
      "one-shot", version: 1, fields: [("to-round", .integer(round)), ("rate", .number(rate))], rounds: 1,
      isLadder: false, rate: rate, times: round)
  }
}

extension Shipped<Schedule> {
  static let oneShot = Shipped(.oneShot, "one round that removes the whole pruning ratio") { fields in
    let round = try fields.integer("to-round", default: 0)
    return round == 0 ? .oneShot : .oneShot(toRound: round, rate: try fields.number("rate", default: 0.2))
  }
}

/// The schedules that are shipped.
public enum Schedules {
  /// One of each kind, in the order they are listed.
  public static let all: [Schedule] = [
    .oneShot, .iterative(rounds: 5), .lotteryTicket(rounds: 12),
  ]

  /// The one of that name, with the number of rounds it has in `all`.
  /// - Throws: `PruningError.unknownComponent`, with the nearest name.
  public static func named(_ name: String) throws(PruningError) -> Schedule {
    try all.component(named: name, kind: "schedule")
  }
}

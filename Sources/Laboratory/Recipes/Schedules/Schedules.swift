import CoppiceTerms

extension Schedule: Catalogued {
  /// The schedules that are shipped, in the order they are listed.
  public static let catalogue = Catalogue<Schedule>(
    "schedule", [.oneShot, .iterative, .lotteryTicket, .atInitialisation, .none])
}

/// Another name of `Schedule`, for what is shipped: `Schedules.all`.
public typealias Schedules = Schedule

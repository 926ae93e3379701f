import CoppiceTerms

/// The schedules that are shipped.
public enum Schedules {
  /// One line each.
  public static let catalogue = Catalogue<Schedule>(
    "schedule", [.oneShot, .iterative, .lotteryTicket, .atInitialisation, .none])

  /// One of each kind, in the order they are listed.
  public static var all: [Schedule] { catalogue.all }

  /// The one of that name, with the number of rounds it has in `all`.
  /// - Throws: `ComponentError.unknown`, with the nearest name.
  public static func named(_ name: String) throws(ComponentError) -> Schedule { try catalogue.named(name) }
}

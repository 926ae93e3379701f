import Coppice

extension Metric {
  /// The fraction of the test set that is predicted wrong.
  static let testError = Metric(
    Quantity("test_error", "test error", unit: .fraction), isLowerBetter: true, on: .test
  ) { 1 - $0.accuracy }
}

extension Analysis {
  /// How many weights survive, and how large they are.
  static let survivors = Analysis("survivors", version: 1) { context in
    let masked = try context.rounds.filter(\.isResult).compactMap { round in
      try context.masks(of: round).map {
        (round: round, kept: $0.keptCount, weights: try context.weights(of: round))
      }
    }
    return [
      NamedTable(
        "survivors", title: "weights that survive",
        columns: [
          .init("trial", texts: masked.map(\.round.trial)), .init("kept", integers: masked.map(\.kept)),
          .init("criterion", texts: masked.map { $0.round.text("criterion") ?? "" }),
          .init(
            Quantity("accuracy", unit: .fraction),
            numbers: masked.map { $0.round.number("test_accuracy") ?? .nan }),
          .init(
            Quantity("largest"), numbers: masked.map { Double($0.weights["out.weight"]?.scalars.max() ?? 0) }),
        ])
    ]
  }
}

extension Shipped<Analysis> {
  static let survivors = Shipped(.survivors, "how many weights survive, and how large they are")
}

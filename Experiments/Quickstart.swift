import Coppice

extension Experiment {
  /// Embedded data, a small network, every kind of schedule: what `make quickstart` runs.
  public static let quickstart = Experiment(
    "quickstart",
    question: "Which weights can go, and does it matter when they go?",
    base: Trial(
      model: .mlp([100, 50]), dataset: .glyphs, training: .iterations(600), evaluation: .iterations(100)),
    analyses: [.maskOverlap]
  ) {
    Axis(\.criterion, [.magnitude, .random])
    for schedule in [Schedule.oneShot, .iterative(rounds: 3), .lotteryTicket(rounds: 4, rate: 0.5)] {
      Fix(\.schedule, schedule)
      if schedule.takesRatio {
        Fix(\.retraining, .fineTune(.share(0.25)))
        Axis(\.sparsity, [0.5, 0.75, 0.875, 0.9375])
      } else {
        Fix(\.retraining, .rewind())
      }
    }
    Axis(\.seed, 0..<3)
  }
}

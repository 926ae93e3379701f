import CoppiceTerms

extension Schedule {
  /// No pruning between trainings: there is one training, and what removes weights in it is the trial's dynamics.
  public static let none = Schedule("none", version: 1, rounds: 0) { _, ratio in ratio }
}

extension Shipped<Schedule> {
  static let none = Shipped(
    .none, "nothing between trainings: the dynamics removes weights inside the one there is")
}

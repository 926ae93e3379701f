import CoppiceTensors
import CoppiceTerms

extension Criterion {
  /// A number drawn uniformly from [0, 1), by the trial's seed: the criterion every other one must beat. The draw is
  /// the same in every round, so that an iterative schedule goes on where it stopped. A unit of several weights has one draw, so
  /// that units of every size go equally often.
  public static let random = Criterion(
    "random", version: 2, needs: .randomness, scoresUnits: true, keepsScores: false
  ) {
    context in
    try context.scoreEach { name, weight in
      var random = try context.random(for: name)
      return Tensor(weight.shape, weight.scalars.map { _ in random.uniform() })
    }
  }
}

extension Shipped<Criterion> {
  static let random = Shipped(.random, "a number drawn by the trial's seed: what every other must beat")
}

import CoppiceReporting
import CoppiceStore

/// Hand-made index rows.
enum IndexRows {
  /// A row with the columns the tests look at; everything not said is that of a finished one-shot trial.
  static func row(
    trial: String = "", status: TrialStatus = .completed, final: Bool = true, model: String = "mlp",
    dataset: String = "glyphs", criterion: String = "magnitude", schedule: String = "one-shot",
    dynamics: String = "none", retraining: String = "fine-tune", control: String = "none", target: Double,
    requested: Double? = nil,
    density: Double? = nil, seed: Int, round: Int = 1, accuracy: Double, rate: Double = 0.1
  ) -> IndexRow {
    let named =
      "\(model) \(dataset) \(criterion) \(schedule) \(dynamics) \(retraining) \(control) \(target) \(seed) \(rate)"
    var row = IndexRow(trial: trial.isEmpty ? named : trial, seed: seed, round: round)
    row.status = status
    row.isFinal = final
    row.model = model
    row.dataset = dataset
    row.criterion = criterion
    row.granularity = "weight"
    row.allocation = "global"
    row.schedule = schedule
    row.dynamics = dynamics
    row.isLadder = schedule == "lottery-ticket"
    row.retraining = retraining
    row.control = control
    row.targetSparsity = target
    row.requestedSparsity = requested ?? target
    row.density = density ?? 1 - (requested ?? target)
    row.sparsity = 1 - row.density
    row[metric: .testAccuracy] = accuracy
    row[metric: .testLoss] = 1 - accuracy
    row[metric: .chance] = accuracy.isNaN ? .nan : accuracy <= 0.1 ? 1 : 0
    row[metric: .earlyStopStep] = 500
    row.settings = [.init("learning_rate", .number(rate))]
    return row
  }

  /// Two criteria at two sparsities with three seeds, and the dense trials.
  static func grid() -> [IndexRow] {
    var rows: [IndexRow] = []
    for seed in 0..<3 {
      let shift = Double(seed) * 0.01
      rows.append(
        row(criterion: "none", schedule: "none", target: 0, seed: seed, round: 0, accuracy: 0.9 + shift))
      for (criterion, loss) in [("magnitude", 0.1), ("random", 0.4)] {
        for target in [0.8, 0.5] {
          rows.append(
            row(criterion: criterion, target: target, seed: seed, accuracy: 0.9 + shift - loss * target))
        }
      }
    }
    return rows
  }

  /// One ladder of rounds of 20 %, down to `rounds` rounds, for each seed.
  static func ladder(
    control: String = "none", rounds: Int = 3, seeds: Int = 3, endingAt end: (seed: Int, round: Int)? = nil
  ) -> [IndexRow] {
    var rows: [IndexRow] = []
    let target = 1 - (0..<rounds).reduce(1.0) { density, _ in density * 0.8 }
    for seed in 0..<seeds {
      var density = 1.0
      for round in 0...rounds {
        let isEnd = end.map { $0.seed == seed && $0.round == round } ?? false
        rows.append(
          row(
            status: end?.seed == seed ? .collapsed : .completed, final: round == rounds || isEnd,
            schedule: "lottery-ticket", retraining: "rewind", control: control, target: target,
            requested: 1 - density, density: density, seed: seed, round: round,
            accuracy: isEnd ? 0.1 : 0.9 + 0.01 * Double(seed) - (control == "none" ? 0 : 0.02 * Double(round))
          ))
        if isEnd { break }
        density *= 0.8
      }
    }
    return rows
  }
}

import CoppiceReporting

/// Hand-made index rows.
enum IndexRows {
  /// A row with the columns the tests look at; everything not said is that of a finished one-shot trial.
  static func row(
    trial: String = "", status: String = "completed", final: Bool = true, model: String = "mlp",
    dataset: String = "glyphs", criterion: String = "magnitude", schedule: String = "one-shot",
    retraining: String = "fine-tune", control: String = "none", target: Double, requested: Double? = nil,
    density: Double? = nil, seed: Int, round: Int = 1, accuracy: Double, loss: Double? = nil,
    earlyStop: Double = 500, rate: Double? = nil
  ) -> ResultRow {
    ResultRow([
      "trial": .text(
        trial.isEmpty
          ? "\(model) \(dataset) \(criterion) \(schedule) \(retraining) \(control) \(target) \(seed) \(rate ?? 0)"
          : trial), "status": .text(status), "final": .number(final ? 1 : 0), "model": .text(model),
      "dataset": .text(dataset), "criterion": .text(criterion), "granularity": .text("weight"),
      "allocation": .text("global"), "schedule": .text(schedule), "retraining": .text(retraining),
      "control": .text(control), "target_sparsity": .number(target),
      "requested_sparsity": .number(requested ?? target),
      "density": .number(density ?? 1 - (requested ?? target)), "seed": .number(Double(seed)),
      "round": .number(Double(round)), "test_accuracy": .number(accuracy),
      "test_loss": .number(loss ?? 1 - accuracy), "early_stop_step": .number(earlyStop),
      "learning_rate": .number(rate ?? 0.1),
    ])
  }

  /// Two criteria at two sparsities with three seeds, and the dense trials.
  static func grid() -> [ResultRow] {
    var rows: [ResultRow] = []
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
  ) -> [ResultRow] {
    var rows: [ResultRow] = []
    let target = 1 - (0..<rounds).reduce(1.0) { density, _ in density * 0.8 }
    for seed in 0..<seeds {
      var density = 1.0
      for round in 0...rounds {
        let isEnd = end.map { $0.seed == seed && $0.round == round } ?? false
        rows.append(
          row(
            status: end?.seed == seed ? "collapsed" : "completed", final: round == rounds || isEnd,
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

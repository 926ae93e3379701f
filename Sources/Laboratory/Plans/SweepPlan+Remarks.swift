import CoppiceTerms
import Foundation

extension SweepPlan {
  /// What is to be known before the sweep is run, one sentence each: what it will not do although it looks as if it would.
  package var remarks: [String] { (copies.map { [$0] } ?? []) + Self.slowRetrainings(trials) }

  /// Says that cells are equal, which happens where a setting given for all cells is one that the sweep varies.
  ///
  /// - Parameters:
  ///   - overridden: the settings given for all cells, by name.
  ///   - own: the cells without them.
  static func copies(
    among cells: [Trial], _ overridden: [String], sweptBefore own: [Trial], _ settings: [Setting]
  ) -> String? {
    let count = cells.count - Experiment.distinct(cells, settings).count
    guard count > 0 else { return nil }
    let swept = settings.filter { setting in
      overridden.contains(setting.name) && Set(own.map { setting.value($0) }).count > 1
    }.map(\.name)
    let cause =
      swept.isEmpty ? "" : ": --set gives all cells one value of \(swept.joined(separator: ", "))"
    return "\(count) of \(cells.count) cells are copies of others and are run once\(cause)"
  }

  /// Says which retrainings hardly move a weight, because they run where the learning rate has come down to next to nothing.
  private static func slowRetrainings(_ trials: [TrialPlan]) -> [String] {
    var trialsOfRetraining: [Specification: (rate: Double, trial: TrialPlan, count: Int)] = [:]
    var order: [Specification] = []
    for trial in trials {
      let stages = trial.stages.compactMap { $0 as? TrainingStage }
      guard let last = stages.last(where: { $0.masks != nil && $0.steps > 0 }) else { continue }
      let (peak, rate) = (trial.regimen.highestRate(from: 0), last.highestRate)
      guard rate < 1e-3 * peak else { continue }
      let key = Specification(
        "slow", version: 1,
        [
          ("retraining", .component(trial.retraining.specification)),
          ("rates", .component(trial.regimen.learningRate.specification)), ("rate", .number(rate)),
        ])
      if trialsOfRetraining[key] == nil { order.append(key) }
      trialsOfRetraining[key, default: (rate, trial, 0)].count += 1
    }
    return order.compactMap { trialsOfRetraining[$0] }.map { rate, trial, count in
      "\(trial.retraining.specification) of \(count) \(count == 1 ? "trial" : "trials") runs at a learning rate of at most "
        + "\(String(format: "%.1e", rate)), below a thousandth of the highest of \(trial.regimen.learningRate.specification), and moves next to "
        + "nothing: take retraining=learning-rate-rewind, or a learning-rate that ends higher, such as "
        + "cosine(rate: 0.1, floor: 0.001)"
    }
  }
}

extension TrainingStage {
  /// The highest learning rate of its steps.
  fileprivate var highestRate: Double {
    guard let first = learningRateStep else { return regimen.learningRate(atStep: nil) }
    return regimen.highestRate(from: first)
  }
}

extension Regimen {
  /// The highest learning rate from a step of the dense training to its end, of about a thousand that are looked at.
  fileprivate func highestRate(from first: Int) -> Double {
    let interval = max(1, (total - first) / 1_000)
    return stride(from: first, to: max(first + 1, total), by: interval)
      .reduce(0) { max($0, learningRate(atStep: $1)) }
  }
}

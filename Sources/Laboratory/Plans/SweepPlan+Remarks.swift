import CoppiceTerms
import Foundation

extension SweepPlan {
  /// What is to be known before the sweep is run, one sentence each: what it will not do although it looks as if it would.
  package var remarks: [String] {
    (copies.map { [$0] } ?? []) + Self.slowRetrainings(trials) + Self.denseLayers(trials)
      + Self.emptiedLayers(trials)
  }

  /// Says which layers lose all they have, and what would leave something of them. Such networks collapse, which may be what a sweep
  /// is to show: so it is said, and not refused.
  private static func emptiedLayers(_ trials: [TrialPlan]) -> [String] {
    struct Case: Hashable {
      let emptied: [Forecast.Emptied]
      let allocation, granularity, model: Specification
    }
    var sparsities: [Case: [Double]] = [:]
    var order: [Case] = []
    for trial in trials where !trial.emptiedLayers.isEmpty {
      let settings = Case(
        emptied: trial.emptiedLayers, allocation: trial.trial.allocation.specification,
        granularity: trial.trial.granularity.specification,
        model: trial.trial.model.specification.withoutInitializer)
      if sparsities[settings] == nil { order.append(settings) }
      sparsities[settings, default: []].append(trial.ratio ?? trial.targetSparsity)
    }
    return order.map { settings in
      let layers = settings.emptied.flatMap(\.layers).joined(separator: ", ")
      let found = sparsities[settings] ?? []
      // Rounded down, so that what is read is possible.
      let most = ((settings.emptied.map(\.most).min() ?? 0) * 1e4).rounded(.down) / 1e4
      return
        "allocation \(settings.allocation) leaves nothing of \(layers) of \(settings.model) at a sparsity of "
        + "\(((found.min() ?? 0) * 1e4).rounded() / 1e4): \(found.count) \(found.count == 1 ? "trial" : "trials") in all, whose networks collapse; one unit "
        + "(\(settings.granularity)) stays up to a sparsity of \(most), and allocation global or a floor keeps more"
    }
  }

  /// Says which layers a pattern leaves dense.
  private static func denseLayers(_ trials: [TrialPlan]) -> [String] {
    var found: [(text: String, count: Int)] = []
    for trial in trials where !trial.denseLayers.isEmpty {
      let text =
        "\(trial.denseLayers.joined(separator: ", ")) of \(trial.trial.model.specification) stays dense, because its input "
        + "channels do not divide for \(trial.trial.granularity), and counts in no sparsity"
      if let place = found.firstIndex(where: { $0.text == text }) {
        found[place].count += 1
      } else {
        found.append((text, 1))
      }
    }
    return found.map { "\($0.text): \($0.count) \($0.count == 1 ? "trial" : "trials")" }
  }

  /// Says that cells are equal, which happens where a setting given for all cells is one that the sweep varies.
  ///
  /// - Parameters:
  ///   - count: how many cells are equal to others.
  ///   - cells: how many there are.
  ///   - overridden: the settings given for all cells, by name.
  ///   - own: the cells without them.
  static func copies(
    _ count: Int, of cells: Int, _ overridden: [String], sweptBefore own: [Trial], _ settings: [Setting]
  ) -> String {
    let swept = settings.filter { setting in
      overridden.contains(setting.name) && Set(own.map { setting.value($0) }).count > 1
    }.map(\.name)
    let cause =
      swept.isEmpty ? "" : ": --set gives all cells one value of \(swept.joined(separator: ", "))"
    return "\(count) of \(cells) cells are copies of others and are run once\(cause)"
  }

  /// Says which retrainings hardly move a weight, because they run where the learning rate has come down to next to nothing.
  private static func slowRetrainings(_ trials: [TrialPlan]) -> [String] {
    var trialsOfRetraining: [Specification: (rate: Double, trial: TrialPlan, count: Int)] = [:]
    var order: [Specification] = []
    // Trials that differ in the seed alone have one course of learning rates.
    var highest: [RateCourse: Double] = [:]
    func highestRate(_ regimen: Regimen, from first: Int) -> Double {
      let course = RateCourse(rates: regimen.learningRate.specification, total: regimen.total, first: first)
      if let known = highest[course] { return known }
      let rate = regimen.highestRate(from: first)
      highest[course] = rate
      return rate
    }
    for trial in trials {
      let retraining = trial.stages.last { stage in
        (stage as? TrainingStage).map { $0.masks != nil && $0.steps > 0 } ?? false
      }
      guard let last = retraining as? TrainingStage else { continue }
      let rate =
        last.highestRate(ofDense: highestRate(trial.regimen, from: 0))
        ?? last.learningRateStep.map { highestRate(trial.regimen, from: $0) }
        ?? trial.regimen.learningRate(atStep: nil)
      guard rate < 1e-3 * highestRate(trial.regimen, from: 0) else { continue }
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
        + "nothing: take retraining-rate=linear, retraining=learning-rate-rewind, or a learning-rate that ends higher, such as "
        + "cosine(rate: 0.1, floor: 0.001)"
    }
  }
}

/// Learning rates from a step of the dense training to its end.
private struct RateCourse: Hashable {
  let rates: Specification
  let total: Int
  let first: Int
}

extension Regimen {
  /// The highest learning rate from a step of the dense training to its end, of about a thousand that are looked at.
  fileprivate func highestRate(from first: Int) -> Double {
    let interval = max(1, (total - first) / 1_000)
    return stride(from: first, to: max(first + 1, total), by: interval)
      .reduce(0) { max($0, learningRate(atStep: $1)) }
  }
}

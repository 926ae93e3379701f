import CoppiceNetworks
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

extension TrainingStage {
  /// How the learning rate of a retraining goes, where it is not that of the dense training.
  package struct RateCourse: Hashable, Sendable {
    let rate: RetrainingRate
    /// The stage with the network before the pruning, where the rate asks how far it moved the weights.
    let before: StageKey?

    /// What the rates depend on.
    var value: Specification.Value {
      guard let before else { return .component(rate.specification) }
      return .list([.component(rate.specification), before.value])
    }
  }

  /// The learning rate of each of its steps, from 0.
  func rates(_ context: StageContext) throws -> (_ step: Int) -> Double {
    guard let rate else {
      return { [regimen, learningRateStep] step in
        regimen.learningRate(atStep: learningRateStep.map { $0 + step })
      }
    }
    let change = try rate.before.map { try self.change(from: $0, context) } ?? 0
    let highest = (0..<max(1, regimen.total)).reduce(0) { max($0, regimen.learningRate(atStep: $1)) }
    return { self.learningRate($0, of: rate, highest: highest, change: change) }
  }

  /// The highest of its learning rates, of about a thousand that are looked at; at most so high where it depends on the weights.
  func highestRate(ofDense highest: Double) -> Double? {
    guard let rate else { return nil }
    return stride(from: 0, to: max(1, steps), by: max(1, steps / 1_000)).reduce(0) {
      max($0, self.learningRate($1, of: rate, highest: highest, change: 1))
    }
  }

  private func learningRate(_ step: Int, of course: RateCourse, highest: Double, change: Double) -> Double {
    course.rate(
      RetrainingMoment(
        step: step, total: steps, denseTotal: regimen.total, highest: highest, change: change,
        rates: { [regimen] in regimen.learningRate(atStep: $0) }))
  }

  /// ‖W − W'‖ / (‖W‖ · √s): W the prunable weights of a network before its pruning, W' those that this training begins with, s the
  /// share of the weights of W that are pruned. A weight that is 0 in W was pruned before.
  private func change(from network: StageKey, _ context: StageContext) throws -> Double {
    guard let masks, case .weights(let begun) = source,
      let before = try context.outputs(of: network)[parameters: "parameters"],
      let after = try context.outputs(of: begun)[parameters: "parameters"]
    else { return 0 }
    var (moved, norm, there, pruned) = (0.0, 0.0, 0, 0)
    for (name, mask) in try context.masks(of: masks).counted {
      guard let old = before[name]?.scalars, let new = after[name]?.scalars else { continue }
      for index in mask.bytes.indices where old[index] != 0 {
        let isKept = mask.bytes[index] != 0
        let weight = Double(old[index])
        let difference = weight - (isKept ? Double(new[index]) : 0)
        (moved, norm) = (moved + difference * difference, norm + weight * weight)
        (there, pruned) = (there + 1, pruned + (isKept ? 0 : 1))
      }
    }
    guard pruned > 0, norm > 0 else { return 0 }
    return (moved / (norm * Double(pruned) / Double(there))).squareRoot()
  }
}

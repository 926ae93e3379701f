import CoppiceStore

extension Invariant {
  /// What a round selects is the step of an early stop, by the lowest validation loss, and whatever a stop rule ends.
  static let testSet = Invariant(
    "test-set",
    "Nothing is selected on the test set.",
    round: { sight in
      if sight.stop.looksAtMetric, !StopRule.metrics.contains(sight.stop.metric ?? "") {
        return .broken("stop rule \(sight.stop.name) looks at \(sight.stop.metric ?? "nothing")")
      }
      var best: Evaluation?
      for evaluation in sight.record.evaluations where evaluation.step >= sight.settledStep {
        let loss = evaluation[.validationLoss]
        guard loss.isFinite, best.map({ loss < $0[.validationLoss] }) ?? true else { continue }
        best = evaluation
      }
      let row = sight.record.row
      let (step, accuracy) = (best.map { Double($0.step) } ?? .nan, best?[.testAccuracy] ?? .nan)
      guard row[metric: .earlyStopStep].isSame(as: step),
        row[metric: .earlyStopTestAccuracy].isSame(as: accuracy)
      else {
        return .broken(
          "the early stop is told to be step \(row[metric: .earlyStopStep]) with a test accuracy of "
            + "\(row[metric: .earlyStopTestAccuracy]), and validation losses say step \(step), with \(accuracy)"
        )
      }
      return .held
    })
}

extension Double {
  /// Whether both are equal, or no numbers.
  fileprivate func isSame(as other: Double) -> Bool { self == other || (isNaN && other.isNaN) }
}

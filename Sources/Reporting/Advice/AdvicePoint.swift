import CoppiceStore

/// A network that was measured, over its seeds: what it costs, what became of its accuracy, and how it was made.
package struct AdvicePoint: Sendable {
  /// What kind of compression it is, as hardware tells them apart.
  package enum Kind: String, Sendable, CaseIterable {
    /// Single weights are 0.
    case unstructured
    /// Zeros in a pattern: blocks, 1×N, N of M.
    case pattern
    /// Whole units are gone.
    case structured
    /// Numbers have fewer bits.
    case quantised
  }

  /// The summary it is from.
  package let experiment: String
  /// The curve it lies on.
  package let label: String
  package let kind: Kind
  /// Whether nothing was trained behind or beside the pruning.
  package let isUntrained: Bool
  /// The mean sparsity, 0…1.
  package let sparsity: Double
  /// Prunings so far.
  package let round: Int?
  /// Accuracy less that of the dense network of the same seed: the one that is chosen by, and that of the test.
  package let change: SampleStatistics
  package let testChange: SampleStatistics
  /// The cost, and as a share of that of the dense network of the same seed.
  package let cost: SampleStatistics
  package let share: SampleStatistics
  /// The form that has the least of it, in most rows.
  package let form: String
  /// What is trained beyond the dense network, as a share of its training, each step counted whole; `nil` where it is not known.
  package let extraTraining: Double?
  /// The trials, in ascending order of the seed.
  package let trials: [String]
  /// What happened to trials that ended here otherwise than planned: `1 collapsed`; empty for nothing.
  package let trouble: String

  /// How many seeds it is the mean of.
  package var count: Int { min(change.count, cost.count) }

  /// The 95 % interval of the change; `nil` for one seed.
  package var interval: (low: Double, high: Double)? { Band.ci95.bounds(of: change) }

  /// Whether it loses no more than this, on average.
  func isWithin(_ tolerance: Double) -> Bool { change.mean.map { $0 >= -tolerance } ?? false }

  /// Whether the whole interval does not.
  func isSurelyWithin(_ tolerance: Double) -> Bool { interval.map { $0.low >= -tolerance } ?? false }

  /// A cell of some curves, by a cost; `nil` where it says nothing of it.
  init?(
    _ cell: Cell, of curve: Curve, in curves: CurveSet, _ cost: AdviceCost, chosenBy accuracy: Metric,
    experiment: String
  ) {
    let costs = cell.rows.map { row in row.status == .diverged ? nil : cost.read(row) }
    self.cost = SampleStatistics(costs.map { $0?.value })
    guard !cell.rows.isEmpty, self.cost.count > 0 else { return nil }
    let dense = cell.rows.map { curves.references.reference(of: $0) }
    share = SampleStatistics(
      zip(costs, dense).map { own, dense in
        guard let own, let whole = dense.flatMap(cost.read), whole.value > 0 else { return nil }
        return own.value / whole.value
      })
    let forms = costs.compactMap { $0?.form }
    form =
      forms.max { one, other in forms.count { $0 == one } < forms.count { $0 == other } } ?? "dense"
    // At chance an accuracy says nothing, and no change of it does.
    let isTold = dense.allSatisfy { $0.map { !($0[metric: .chance] > 0) } ?? false }
    let none = SampleStatistics([], expected: cell.rows.count)
    change = isTold ? curves.change(of: cell, accuracy.name) : none
    testChange = isTold ? curves.change(of: cell, Metric.testAccuracy.name) : none
    self.experiment = experiment
    label = curve.label
    kind = Kind(cell.rows[0])
    isUntrained = cell.rows.allSatisfy(\.isUntrained)
    sparsity = 1 - cell.density
    round = cell.round
    extraTraining =
      SampleStatistics(
        zip(cell.rows, dense).map { row, dense in
          guard let dense else { return nil }
          let (own, whole) = (row.trainingWork, dense.trainingWork)
          return whole > 0 ? own / whole - 1 : nil
        }
      ).mean
    trials = cell.rows.map(\.trial)
    trouble = cell.troubleText
  }
}

extension AdvicePoint.Kind {
  /// What a row's network is.
  fileprivate init(_ row: IndexRow) {
    if row[metric: .bits].isFinite {
      self = .quantised
    } else if row.granularity == "weight" {
      self = .unstructured
    } else if ["block", "one-by-n", "n-of-m"].contains(row.granularity) {
      self = .pattern
    } else {
      self = .structured
    }
  }
}

extension IndexRow {
  /// Whether a network was pruned and left as it was.
  fileprivate var isUntrained: Bool {
    retraining == "none" && dynamics == "none" && !["none", "recipe"].contains(schedule)
      && text("learned_mask") == "none"
  }

  /// What all of its training would have taken with every weight there; where that was not counted, what it took.
  fileprivate var trainingWork: Double {
    let dense = self[metric: .trainingFlopsDense]
    return dense.isFinite ? dense : self[metric: .trainingFlops]
  }
}

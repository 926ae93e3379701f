import CoppiceStore

/// What was measured of one model on one data set, and for times on one machine, by one cost: the evidence, its Pareto front, and what
/// the question makes of it.
package struct AdviceSubject: Sendable {
  package let model: String
  package let dataset: String
  /// The machine, where the cost is a figure of one.
  package let machine: String?
  package let cost: AdviceCost
  /// The accuracy that is chosen by: of the validation data, or of the test data where some have no other.
  package let accuracy: Metric
  /// Pruned networks, experiment by experiment.
  package let points: [AdvicePoint]
  /// The mean cost of dense networks; `nil` where none was measured.
  package let denseCost: Double?
  /// How many rows of indices it is made of.
  package let rowCount: Int
  private let question: AdviceQuestion

  /// The experiments it is from.
  package var experiments: [String] {
    points.reduce(into: []) { if !$0.contains($1.experiment) { $0.append($1.experiment) } }
  }

  /// - Parameter sources: rows of one model and data set, and for times of one machine, by the summary they are from.
  init(
    _ sources: [(name: String, rows: [IndexRow])], _ cost: AdviceCost, machine: String?,
    _ question: AdviceQuestion
  ) {
    let rows = sources.flatMap(\.rows)
    (model, dataset) = (rows.first?.model ?? "", rows.first?.dataset ?? "")
    (self.machine, self.cost, self.question) = (machine, cost, question)
    rowCount = rows.count
    let isValidated = rows.allSatisfy {
      $0[metric: .validationAccuracy].isFinite || !$0[metric: .testAccuracy].isFinite
    }
    let accuracy = isValidated ? Metric.validationAccuracy : .testAccuracy
    self.accuracy = accuracy
    var points: [AdvicePoint] = []
    var dense: [Double] = []
    for (name, rows) in sources {
      // What cannot be told apart cannot be advised.
      guard let curves = try? CurveSet(rows) else { continue }
      dense += curves.baselines.flatMap(\.cells).flatMap(\.rows).compactMap { cost.read($0)?.value }
      points += curves.curves.flatMap { curve in
        // One may have all its weights, and fewer bits of each.
        let smaller = curve.cells.filter {
          $0.density < 1 || $0.rows.allSatisfy { $0[metric: .bits].isFinite }
        }
        return smaller.compactMap {
          AdvicePoint($0, of: curve, in: curves, cost, chosenBy: accuracy, experiment: name)
        }
      }
    }
    self.points = points
    denseCost = SampleStatistics(dense).mean
  }

  // MARK: What the question makes of it

  /// Whether an accuracy of the dense networks was measured that is above chance.
  package var isAccuracyKnown: Bool { points.contains { $0.change.count > 0 } }

  /// The places of the points that nothing else beats in accuracy and cost, cheapest first; a dense network takes part.
  package var front: [Int] {
    let values = points.map { point in
      point.trouble.isEmpty ? (point.share.mean ?? .nan, point.change.mean ?? .nan) : (.nan, .nan)
    }
    let dense = points.count
    return ParetoFront.places(values + [(1, 0)], lowerIsBetter: (true, false)).filter { $0 != dense }
      .sorted { (values[$0].0, $0) < (values[$1].0, $1) }
  }

  /// Whether a point may be trained so long.
  private func isAffordable(_ point: AdvicePoint) -> Bool {
    guard let budget = question.budget else { return true }
    return point.extraTraining.map { $0 <= budget + 1e-9 } ?? false
  }

  /// The cheapest of some points that the question allows and that cost less than the dense network; of equal ones that which loses
  /// least.
  package func best(where isMeant: (AdvicePoint) -> Bool = { _ in true }, surely: Bool = false) -> Int? {
    points.indices.filter { place in
      let point = points[place]
      return isMeant(point) && point.trouble.isEmpty && isAffordable(point) && (point.share.mean ?? 1) < 1
        && (surely ? point.isSurelyWithin(question.tolerance) : point.isWithin(question.tolerance))
    }.min { one, other in rank(one) < rank(other) }
  }

  private func rank(_ place: Int) -> (Double, Double, Int) {
    (points[place].share.mean ?? .infinity, -(points[place].change.mean ?? 0), place)
  }

  /// The cheapest point within the tolerance.
  package var choice: Int? { best() }

  /// The cheapest point whose whole 95 % interval is.
  package var sureChoice: Int? { best(surely: true) }

  /// How many points lose no more than the tolerance on average.
  package var countWithin: Int { points.count { $0.isWithin(question.tolerance) } }
}

import CoppiceDatasets
import CoppiceNetworks
import CoppiceStore
import CoppiceTerms

extension Analysis {
  /// How much of a network can be pruned at no loss worth speaking of: the largest ratio at which it loses no more than δ against its
  /// dense network,
  ///
  ///     P(δ) = max { ρ : ℓ(ρ) − ℓ(0) ≤ δ }
  ///
  /// for the error on the test set, the error of the class that is told worst, the expected calibration error of 15 bins, and the error
  /// under each corruption. P is 0 where no ratio that was tried bears it. It can be no larger than the largest ratio that was tried,
  /// which stands beside it. L. Liebenwein, C. Baykal, B. Carter, D. Gifford, D. Rus, "Lost in pruning: the effects of pruning neural
  /// networks beyond test accuracy", MLSys 2021.
  ///
  /// The table has one row for each seed, also for no loss at all and for δ halved, doubled and taken four times. The means over seeds
  /// with their intervals of 95 % by Student's t stand in `prune_potential_mean`.
  ///
  /// - Parameters:
  ///   - delta: δ, a fraction: 0.005 is half a point of accuracy.
  ///   - corruptions: names of corruptions.
  ///   - severity: of the corruptions, 1…5.
  ///   - seed: the seed of what corruptions draw.
  public static func prunePotential(
    delta: Double = 0.005, corruptions: [String] = usualCorruptions, severity: Int = 3, seed: UInt64 = 0
  ) -> Analysis {
    let all = Corruption.all(corruptions, [severity], seed: seed)
    return Analysis(
      "prune-potential", version: 1,
      fields: [
        ("delta", .number(delta)), ("corruptions", .list(corruptions.map { .text($0) })),
        ("severity", .integer(severity)), ("seed", .integer(Int(bitPattern: UInt(seed)))),
      ],
      measuringAll: { rounds in
        let networks = JudgedRounds(rounds).networks
        return ([Corruption.none] + all).flatMap { corruption in
          networks.compactMap { $0.outputs(corruption) }
        }
      }
    ) { context in
      let rounds = JudgedRounds(context.rounds)
      var numbers = OutputNumbers(context) { Losses($0) }
      func losses(_ round: AnalysisRound?) throws -> [Double]? {
        guard let clean = try numbers.of(round) else { return nil }
        return [clean.error, clean.worstClass, clean.calibration]
          + (try all.map { try numbers.of(round, $0)?.error ?? .nan })
      }
      let names = ["accuracy", "worst class", "calibration"] + all.map(\.name)
      var courses: [Course] = []
      for judged in rounds.judged {
        guard let found = try losses(judged.round), let dense = try losses(judged.dense) else { continue }
        let (condition, seed) = (judged.condition, judged.round.seed)
        let point = Course.Point(ratio: judged.round.row.sparsity, losses: found, dense: dense)
        if let place = courses.firstIndex(where: { $0.condition == condition && $0.seed == seed }) {
          courses[place].points.append(point)
        } else {
          courses.append(Course(condition: condition, seed: seed, points: [point]))
        }
      }
      var tolerances: [Double] = []
      for factor in [0, 0.5, 1, 2, 4] where !tolerances.contains(factor * delta) {
        tolerances.append(factor * delta)
      }
      let rows = courses.flatMap { course in
        names.indices.flatMap { measure in
          tolerances.map { Row(course: course, measure: names[measure], place: measure, delta: $0) }
        }
      }
      return [table(rows), means(rows.filter { $0.delta == delta }, delta)]
    }
  }

  private static func table(_ rows: [Row]) -> NamedTable {
    func fraction(_ name: String, _ title: String, _ value: (Row) -> Double) -> NamedTable.Column {
      .init(Quantity(name, title, unit: .fraction), numbers: rows.map(value))
    }
    return NamedTable(
      "prune_potential", title: "prune potential",
      description:
        "The largest share of the weights that was removed at a loss, against the dense network of the same seed, of no more than "
        + "the tolerance.",
      columns: [
        .init("condition", texts: rows.map(\.course.condition)),
        .init("seed", integers: rows.map(\.course.seed)), .init("measure", texts: rows.map(\.measure)),
        fraction("delta", "tolerated loss", \.delta),
        fraction("potential", "prune potential", \.potential),
        fraction("largest_tried", "largest ratio tried", \.course.largest),
        .init("ratios", "ratios tried", integers: rows.map(\.course.points.count)),
        fraction("dense_loss", "loss of the dense network", \.denseLoss),
      ], drawing: .init("potential", against: "delta", by: ["condition", "measure"]))
  }

  private static func means(_ rows: [Row], _ delta: Double) -> NamedTable {
    var groups: [(condition: String, measure: String, rows: [Row])] = []
    for row in rows {
      let place = groups.firstIndex { $0.condition == row.course.condition && $0.measure == row.measure }
      if let place {
        groups[place].rows.append(row)
      } else {
        groups.append((row.course.condition, row.measure, [row]))
      }
    }
    let samples = groups.map { Moments($0.rows.map(\.potential)) }
    func bound(_ sign: Double) -> [Double] {
      samples.map { min(1, max(0, $0.mean + sign * $0.confidenceHalfWidth)) }
    }
    return NamedTable(
      "prune_potential_mean", title: "prune potential over seeds",
      description:
        "The largest share of the weights that can be removed at a loss of no more than \(delta), the mean over seeds, and the "
        + "interval of 95 % by Student's t.",
      columns: [
        .init("condition", texts: groups.map(\.condition)), .init("measure", texts: groups.map(\.measure)),
        .init("seeds", integers: groups.map(\.rows.count)),
        .init(Quantity("potential", "prune potential", unit: .fraction), numbers: samples.map(\.mean)),
        .init(Quantity("low", "from", unit: .fraction), numbers: bound(-1)),
        .init(Quantity("high", "to", unit: .fraction), numbers: bound(1)),
        .init(
          Quantity("largest_tried", "largest ratio tried", unit: .fraction),
          numbers: groups.map { $0.rows.map(\.course.largest).max() ?? .nan }),
      ])
  }

  /// What one seed of one condition lost at each ratio.
  private struct Course {
    struct Point {
      let ratio: Double
      /// By measure, and those of the dense network.
      let losses: [Double]
      let dense: [Double]
    }

    let condition: String
    let seed: Int
    var points: [Point]

    var largest: Double { points.map(\.ratio).max() ?? .nan }

    /// P(δ).
    func potential(_ measure: Int, _ delta: Double) -> Double {
      // Accuracies are quotients, whose differences are right to rounding.
      points.filter { $0.losses[measure] - $0.dense[measure] <= delta + 1e-9 }.map(\.ratio).max() ?? 0
    }
  }

  private struct Row {
    let course: Course
    let measure: String
    let place: Int
    let delta: Double

    var potential: Double { course.potential(place, delta) }
    var denseLoss: Double { course.points.first?.dense[place] ?? .nan }
  }
}

/// What a network loses on some examples, each a fraction that is better the smaller it is.
private struct Losses {
  let error: Double
  let worstClass: Double
  let calibration: Double

  init(_ outputs: NetworkOutputs) {
    let measures = OutputMeasures(outputs)
    (error, worstClass) = (1 - measures.accuracy, 1 - measures.worstClassAccuracy)
    calibration = measures.calibration(bins: 15, areAdaptive: false).expectedError
  }
}

extension Shipped<Analysis> {
  static let prunePotential = Shipped(
    .prunePotential(), "how much can be pruned at no loss worth speaking of, by several measures",
    paper: "Liebenwein et al. 2021"
  ) { fields in
    .prunePotential(
      delta: try fields.number("delta", in: 0...1, default: 0.005),
      corruptions: try Corruption.names(in: &fields, default: Analysis.usualCorruptions),
      severity: try fields.integer("severity", in: Corruption.severities, default: 3),
      seed: try fields.seed("seed", default: 0))
  }
}

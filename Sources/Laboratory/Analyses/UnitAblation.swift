import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

extension Analysis {
  /// What every dense network of a sweep loses without one unit of the trial's granularity, and without more and more of them: how
  /// many heads, filters or neurons do the work.
  ///
  /// `alone`: each unit goes by itself. `greedy`: units go one after the other and stay gone, next always the one whose going costs
  /// the least validation loss. Nothing is trained. Test accuracy is told beside it and chooses nothing.
  ///
  /// P. Michel, O. Levy, G. Neubig, "Are sixteen heads really better than one?", NeurIPS 2019, table 1 and section 3.2.
  public static let unitAblation = Analysis("unit-ablation", version: 1, measuring: ablationStage) {
    context in
    var rows: [Row] = []
    var met: Set<StageKey> = []
    for round in context.rounds {
      guard let stage = ablationStage(round) as? AblationStage, met.insert(stage.key).inserted else {
        continue
      }
      rows += try Row.all(round, stage, context.record(of: stage.key), context.weights(of: round))
    }
    return [
      NamedTable(
        "unit_ablation", title: "accuracy without units",
        description:
          "A dense network without one unit (alone), and without more and more of them, each next the one that costs the least "
          + "validation loss (greedy).",
        columns: [
          .init("trial", texts: rows.map(\.round.trial)), .init("seed", integers: rows.map(\.round.seed)),
          .init("model", texts: rows.map(\.round.row.model)), .init("way", texts: rows.map(\.way)),
          .init("removed", integers: rows.map(\.removed)), .init("unit", integers: rows.map(\.unit)),
          .init("parameter", texts: rows.map(\.parameter)),
          .init(Quantity("share", "share of the units removed", unit: .fraction), numbers: rows.map(\.share)),
          .init(Quantity("validation_loss", "validation loss"), numbers: rows.map(\.loss)),
          .init(
            Quantity("validation_accuracy", "validation accuracy", unit: .fraction),
            numbers: rows.map(\.accuracy)),
          .init(Quantity("test_accuracy", "test accuracy", unit: .fraction), numbers: rows.map(\.tested)),
        ], drawing: .init("test_accuracy", against: "share", by: ["way"]))
    ]
  }
}

extension Shipped<Analysis> {
  static let unitAblation = Shipped(
    .unitAblation, "accuracy without one unit, and without more and more of them", paper: "Michel et al. 2019"
  )
}

/// The measurement of the dense network of a trial that is pruned; `nil` of other rounds, and of baselines, whose units are weights.
private let ablationStage: @Sendable (AnalysisRound) -> (any Stage)? = { round in
  guard round.masks == nil, let plan = round.plan, !plan.isDense else { return nil }
  return AblationStage(
    plan.regimen, of: round.training, granularity: plan.trial.granularity, structure: plan.structure,
    ignoring: plan.trial.allocation.ignoring)
}

/// One network of which something is gone.
private struct Row {
  let round: AnalysisRound
  let way: String
  let removed: Int
  /// The unit that went last; −1 for the whole network.
  let unit: Int
  let parameter: String
  let share: Double
  let loss: Double
  let accuracy: Double
  let tested: Double

  /// The rows of one measurement.
  static func all(
    _ round: AnalysisRound, _ stage: AblationStage, _ record: StageRecord, _ weights: ParameterSet
  ) throws -> [Row] {
    let cuts = try stage.cuts(weights)
    let order = (record[numbers: "order"] ?? []).map { Int($0) }
    func rows(_ way: String, _ units: [Int], _ removed: (Int) -> Int) -> [Row] {
      let values = [Metric.validationLoss, .validationAccuracy, .testAccuracy].map {
        record[numbers: "\(way) \($0.name)"] ?? []
      }
      return ([-1] + units).enumerated().map { place, unit in
        let count = place == 0 ? 0 : removed(place)
        let numbers = values.map { $0.indices.contains(place) ? $0[place] : .nan }
        return Row(
          round: round, way: way, removed: count, unit: unit,
          parameter: unit < 0 ? "none" : cuts.parameter(of: unit),
          share: Double(count) / Double(max(1, cuts.count)), loss: numbers[0], accuracy: numbers[1],
          tested: numbers[2])
      }
    }
    return rows("alone", Array(0..<cuts.count)) { _ in 1 } + rows("greedy", order) { $0 }
  }
}

import CoppiceStore

/// What the trainings of a trial have cost, in floating-point operations.
final class TrialSpending {
  /// Of some trainings: what was computed, and what the same steps would have taken with every weight there.
  struct Spent {
    var flops = 0.0
    var dense = 0.0
  }

  /// What two trainings have in common of which one is the beginning of the other.
  private struct Beginning: Hashable {
    let source: TrainingStage.Source
    let masks: StageKey?
    let firstStep: Int
    let learningRateStep: Int?
    let rate: TrainingStage.RateCourse?
    let quantisation: StageQuantisation?
  }

  private let stages: [StageKey: any Stage]
  private let outputs: RecentStages
  private let costs: NetworkCostTable
  /// What was read so far; `nil` for a training that is not there and may have ended early.
  private var known: [StageKey: Spent?] = [:]

  init(_ plan: TrialPlan, from outputs: RecentStages, _ costs: NetworkCostTable) {
    stages = Dictionary(uniqueKeysWithValues: plan.stages.map { ($0.key, $0) })
    (self.outputs, self.costs) = (outputs, costs)
  }

  /// What all trainings have cost on which a stage depends, its own among them, each once. Where one is the beginning of another, as
  /// the first steps to which tickets are rewound are that of the dense training, the longer one counts. `nil` where a training that
  /// may end early was not made.
  func total(upTo key: StageKey?) throws -> Spent? {
    var seen: Set<StageKey> = []
    var open = key.map { [$0] } ?? []
    var total = Spent()
    var longest: [Beginning: Spent] = [:]
    while let key = open.popLast() {
      guard seen.insert(key).inserted, let stage = stages[key] else { continue }
      open += stage.parents
      guard stage.steps > 0 else { continue }
      guard let spent = try spent(stage) else { return nil }
      if let training = stage as? TrainingStage, training.moves == nil {
        let beginning = Beginning(
          source: training.source, masks: training.masks, firstStep: training.firstStep,
          learningRateStep: training.learningRateStep, rate: training.rate,
          quantisation: training.quantisation)
        let other = longest[beginning] ?? Spent()
        if spent.dense > other.dense { longest[beginning] = spent }
        total.flops += max(spent.flops, other.flops) - other.flops
        total.dense += max(spent.dense, other.dense) - other.dense
      } else {
        total.flops += spent.flops
        total.dense += spent.dense
      }
    }
    return total
  }

  /// A training says itself what it has cost. One whose outputs are not there any more went as far as planned, unless it may end
  /// early.
  private func spent(_ stage: any Stage) throws -> Spent? {
    if let known = known[stage.key] { return known }
    // A damaged file of a stage that nothing is read from but its cost is as good as none.
    let record = (try? outputs.read(stage.key)) ?? nil
    var spent: Spent?
    if let flops = record?[numbers: "training_flops"]?.first,
      let dense = record?[numbers: "training_flops_dense"]?.first
    {
      spent = Spent(flops: flops, dense: dense)
    } else if !stage.mayEndEarly {
      spent = Spent(flops: try stage.flops(costs), dense: try stage.denseFlops(costs))
    }
    known[stage.key] = .some(spent)
    return spent
  }
}

import CoppiceTerms

/// How long the stages of a plan take by what earlier runs took for the same stages, or for others like them.
struct RecordedTimes {
  /// Stages of one sort take equally long at equal density: as many seconds a step, or where they make none, seconds a stage.
  private struct Sort: Hashable {
    let kind: Specification?
    /// What stages are that have no kind.
    let type: String
    let makesSteps: Bool

    init(_ stage: any Stage) {
      kind = stage.work.kind
      type = kind == nil ? "\(Swift.type(of: stage))" : ""
      makesSteps = stage.steps > 0
    }
  }

  private struct Amount {
    /// Steps, or stages.
    var count = 0.0
    var seconds = 0.0
  }

  /// Fewer steps than these say little of a training that has more.
  private static let fewestSteps = 10

  private var own: [StageKey: Double] = [:]
  /// What a step or a stage takes, by sort, with its density.
  private var rates: [Sort: [(density: Double, rate: Double)]] = [:]

  init(_ stages: [any Stage], _ history: StageHistory) {
    guard !history.isEmpty else { return }
    var amounts: [Sort: [Double: Amount]] = [:]
    for stage in stages {
      let spent = history[stage]
      let isEnough =
        stage.steps > 0 ? spent.steps >= min(stage.steps, Self.fewestSteps) : spent.completions > 0
      // A stop rule may have ended it, or another stage had its results: what it made is all it makes.
      let isShort =
        spent.completions > 0 && spent.steps < stage.steps && (stage.mayEndEarly || spent.steps == 0)
      if isShort { own[stage.key] = spent.seconds }
      guard isEnough else { continue }
      let count = Double(stage.steps > 0 ? spent.steps : spent.completions)
      if !isShort { own[stage.key] = spent.seconds / count * Double(max(1, stage.steps)) }
      amounts[Sort(stage), default: [:]][stage.work.density, default: Amount()].count += count
      amounts[Sort(stage), default: [:]][stage.work.density, default: Amount()].seconds += spent.seconds
    }
    rates = amounts.mapValues { amounts in
      amounts.map { (density: $0.key, rate: $0.value.seconds / $0.value.count) }.sorted {
        $0.density < $1.density
      }
    }
  }

  /// The seconds of a stage; `nil` where no run tells of any like it.
  subscript(_ stage: any Stage) -> Double? {
    if let own = own[stage.key] { return own }
    let nearest = rates[Sort(stage)]?.min {
      abs($0.density - stage.work.density) < abs($1.density - stage.work.density)
    }
    return nearest.map { $0.rate * Double(max(1, stage.steps)) }
  }
}

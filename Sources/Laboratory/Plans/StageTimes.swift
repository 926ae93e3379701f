import CoppiceTerms

/// How long each stage of a plan takes, in seconds.
///
/// Sparser networks train faster. Each kind of training is timed at a few of the densities it is made at, and the others lie on
/// straight lines between them.
package struct StageTimes: Sendable {
  /// Where times come from.
  package enum Source: Hashable, Sendable {
    /// From steps that were run for it.
    case measured
    /// From the journal of earlier runs.
    case recorded
    /// From the journal, and where that tells nothing of a kind of work, from steps that were run for it.
    case both
  }

  private var seconds: [StageKey: Double] = [:]
  /// Where the times of trainings come from.
  package private(set) var source = Source.measured

  /// The seconds of a stage; 0 for work that takes no time worth telling.
  package subscript(_ stage: any Stage) -> Double { seconds[stage.key] ?? 0 }

  /// Times by what earlier runs took, and from steps run now for kinds of work of which no run tells.
  ///
  /// - Parameters:
  ///   - history: what earlier runs took.
  ///   - threads: threads that share each kernel.
  ///   - duration: how many seconds the measurements take, about, where some are made.
  package init(
    _ stages: [any Stage], recorded history: StageHistory, threads: Int = 1,
    measuringFor duration: Double = 0.8
  ) throws {
    let recorded = RecordedTimes(stages, history)
    let rest = stages.filter { recorded[$0] == nil && $0.work.kind != nil }
    try self.init(rest, threads: threads, measuringFor: duration)
    for stage in stages { if let known = recorded[stage] { seconds[stage.key] = known } }
    let isMeasured = rest.contains { $0.steps > 0 }
    let isRecorded = stages.contains { $0.steps > 0 && recorded[$0] != nil }
    source = isRecorded ? (isMeasured ? .both : .recorded) : .measured
  }

  /// Times from a few steps and evaluations of each kind of training, run now.
  ///
  /// - Parameters:
  ///   - threads: threads that share each kernel.
  ///   - duration: how many seconds the measurements take, about.
  package init(_ stages: [any Stage], threads: Int = 1, measuringFor duration: Double = 0.8) throws {
    var kinds: [Specification: [Double: any Stage]] = [:]
    for stage in stages {
      // One that makes steps says how long they take; one that makes none counts its operations.
      guard let kind = stage.work.kind, stage.work.steps > 0 || kinds[kind]?[stage.work.density] == nil else {
        continue
      }
      kinds[kind, default: [:]][stage.work.density] = stage
    }
    let measurements = kinds.mapValues { stages in
      Self.spread(stages.keys.sorted()).compactMap { density in stages[density].map { (density, $0) } }
    }
    let share = duration / Double(max(1, measurements.values.reduce(0) { $0 + $1.count }))
    var rates: [Specification: [(density: Double, rates: StageRates)]] = [:]
    for (kind, stages) in measurements {
      rates[kind] = try stages.compactMap { density, stage in
        try stage.measuredRates(threads: threads, seconds: share).map { (density, $0) }
      }
    }
    for stage in stages {
      guard let known = stage.work.kind.flatMap({ rates[$0] }), !known.isEmpty else { continue }
      seconds[stage.key] = stage.seconds(at: Self.between(known, stage.work.density))
    }
  }

  /// Up to five of some densities: the ends and those that lie about evenly between.
  private static func spread(_ densities: [Double]) -> [Double] {
    guard densities.count > 5 else { return densities }
    return (0..<5).map { densities[$0 * (densities.count - 1) / 4] }
  }

  /// The rates at a density, on the line between the measured ones (ascending) around it.
  private static func between(_ rates: [(density: Double, rates: StageRates)], _ density: Double)
    -> StageRates
  {
    let above = rates.firstIndex { $0.density >= density } ?? rates.count - 1
    let (low, high) = (rates[max(0, above - 1)], rates[above])
    let part = high.density > low.density ? (density - low.density) / (high.density - low.density) : 1
    return StageRates(
      step: low.rates.step + part * (high.rates.step - low.rates.step),
      example: low.rates.example + part * (high.rates.example - low.rates.example))
  }
}

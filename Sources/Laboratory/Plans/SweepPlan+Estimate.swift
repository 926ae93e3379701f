import CoppiceDatasets
import CoppiceNetworks
import CoppiceTerms

extension SweepPlan {
  /// About how long the sweep takes, from a few steps and evaluations of each kind of training run now.
  ///
  /// Sparser networks train faster. Each kind of training is timed at a few of the densities it is made at, and the others lie on
  /// straight lines between them. A stage cannot begin before those it builds on, so that no number of jobs makes the sweep shorter
  /// than its longest chain.
  ///
  /// - Parameters:
  ///   - jobs: stages that run side by side.
  ///   - threads: threads that share each kernel.
  ///   - seconds: how long the measurements take, about.
  package func estimatedSeconds(
    jobs: Int, threads: Int = 1, measuringFor seconds: Double = 0.8
  ) throws -> Double {
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
    let share = seconds / Double(max(1, measurements.values.reduce(0) { $0 + $1.count }))
    var rates: [Specification: [(density: Double, rates: StageRates)]] = [:]
    for (kind, stages) in measurements {
      rates[kind] = try stages.compactMap { density, stage in
        try stage.measuredRates(threads: threads, seconds: share).map { (density, $0) }
      }
    }
    let made = Set(self.stages.made.map(\.key))
    var (total, longest, alone) = (0.0, 0.0, 0.0)
    var ends: [StageKey: Double] = [:]
    for stage in stages {
      var duration = 0.0
      if let known = stage.work.kind.flatMap({ rates[$0] }), !known.isEmpty {
        duration = stage.seconds(at: Self.between(known, stage.work.density))
      }
      // Nothing else is done meanwhile, so that more jobs make it no shorter.
      if stage.work.runsAlone {
        alone += duration
        continue
      }
      let end = (stage.parents.compactMap { ends[$0] }.max() ?? 0) + duration
      ends[stage.key] = end
      if made.contains(stage.key) { total += duration }
      longest = max(longest, end)
    }
    return max(total / Double(max(1, jobs)), longest) + alone
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

extension Simulation {
  /// The stages that a run makes of a plan in an empty store, each with its seconds.
  package init(_ plan: SweepPlan, _ times: StageTimes) {
    let stages = plan.stages
    let place = Dictionary(stages.enumerated().map { ($1.key, $0) }) { first, _ in first }
    // From the results of the trials back to what must be there to make them.
    var needed = [Bool](repeating: false, count: stages.count)
    var pending = plan.trials.flatMap { $0.results.compactMap { place[$0] } }
    while let stage = pending.popLast() {
      guard !needed[stage] else { continue }
      needed[stage] = true
      pending += stages[stage].parents.compactMap { place[$0] }
    }
    self.init(stages, needed: stages.indices.filter { needed[$0] }, times)
  }

  /// Some stages of a plan, by their places.
  private init(_ stages: [any Stage], needed: [Int], _ times: StageTimes) {
    let place = Dictionary(needed.enumerated().map { (stages[$1].key, $0) }) { first, _ in first }
    self.init(
      needed.map { index in
        let stage = stages[index]
        let parents = stage.parents.compactMap { place[$0] }
        let longer = stage.steps > 0 ? stage.within.flatMap { place[$0] } : nil
        return Task(
          times[stage], after: parents, runsAlone: stage.work.runsAlone, leftBy: longer,
          at: longer.map { Double(stage.steps) / Double(max(1, stages[needed[$0]].steps)) } ?? 1)
      })
  }
}

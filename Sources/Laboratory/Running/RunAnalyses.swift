import CoppiceStore

/// Asks the analyses of an experiment, when all trials of a run have ended.
struct RunAnalyses: Sendable {
  let plan: SweepPlan
  let outcomes: RunOutcomes
  let outputs: RecentStages
  /// What the stages of analyses are given to work with.
  let context: StageContext
  /// Whether stored analyses are made anew.
  let isFresh: Bool
  let observe: @Sendable (RunEvent) -> Void

  /// What they find in the rounds there are. An analysis that fails is told of like a trial.
  func tables() -> [NamedTable] {
    let rounds = plan.analysisRounds { outcomes.rows(ofTrial: $0) }
    return plan.experiment.analyses.flatMap { analysis -> [NamedTable] in
      let stage = AnalysisStage(analysis, of: rounds)
      do {
        if !isFresh, let record = try? outputs.read(stage.key) { return record.tables }
        let record = try stage.run(context)
        try outputs.write(record)
        return record.tables
      } catch {
        outcomes.keep(error)
        outcomes.addFailure("\(error)", of: analysis.name)
        observe(.failed(trial: analysis.name, message: "\(error)"))
        return []
      }
    }
  }
}

import CoppiceStore

/// Asks the analyses of an experiment, when all trials of a run have ended.
struct RunAnalyses: Sendable {
  let plan: SweepPlan
  let outcomes: RunOutcomes
  let maker: StageMaker
  /// What the stages of analyses are given to work with.
  let context: StageContext
  let observe: @Sendable (RunEvent) -> Void

  /// What they find in the rounds there are. An analysis that fails is told of like a trial.
  func tables() -> [NamedTable] {
    guard !plan.experiment.analyses.isEmpty else { return [] }
    let rounds = plan.analysisRounds { outcomes.rows(ofTrial: $0) }
    return plan.experiment.analyses.flatMap { analysis -> [NamedTable] in
      do {
        return try AnalysisMaker(maker: maker, context: context).tables(
          of: AnalysisStage(analysis, of: rounds))
          ?? []
      } catch let end as Interrupted {
        outcomes.keep(end)
        return []
      } catch {
        outcomes.keep(error)
        outcomes.addFailure("\(error)", of: analysis.name)
        observe(.failed(trial: analysis.name, message: "\(error)"))
        return []
      }
    }
  }
}

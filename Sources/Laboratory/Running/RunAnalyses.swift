import CoppiceStore
import Foundation

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
      let stage = AnalysisStage(analysis, of: rounds)
      do {
        for measurement in stage.measurements where try make(measurement) == nil { return [] }
        return try make(stage)?.tables ?? []
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

  /// The outputs of a stage; `nil` where an end was asked for meanwhile.
  private func make(_ stage: any Stage) throws -> StageRecord? {
    while true {
      if case .made(let record) = try maker.make(stage, { context }) { return record }
      if context.interruption.isRequested { return nil }
      usleep(UInt32(1e6 * maker.pause(for: stage.key)))
    }
  }
}

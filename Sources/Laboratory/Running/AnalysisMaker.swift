import CoppiceStore
import Foundation

/// Makes what an analysis needs and what it finds, each under its lease: for a run, and for a summary that is there.
struct AnalysisMaker {
  let maker: StageMaker
  /// What the stages are given to work with.
  let context: StageContext

  /// The tables, measurements made before them; `nil` where an end was asked for meanwhile.
  func tables(of stage: AnalysisStage) throws -> [NamedTable]? {
    for measurement in stage.measurements where try make(measurement) == nil { return nil }
    return try make(stage)?.tables
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

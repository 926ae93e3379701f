import CoppiceStore
import CoppiceTerms

/// Which trials of a plan are finished already: those whose file is whole, is of the same key, and says that it ended. Where an
/// analysis is still to be made, the outputs it reads must be there too.
enum TrialReuse {
  /// The finished trials by their places in the plan, with the settings that the sweep varies now.
  ///
  /// - Parameter setsAside: whether a file that cannot be read is set aside; else it is left where it is.
  /// - Throws: `StoreError` where that fails.
  static func finished(
    _ plan: SweepPlan, in results: ResultsFolder, _ outputs: RecentStages, distinctions: [Distinction],
    setsAside: Bool = true, observe: (RunEvent) -> Void
  ) throws(StoreError) -> [Int: RunOutcomes.Outcome] {
    var reused: [Int: RunOutcomes.Outcome] = [:]
    for (index, trial) in plan.trials.enumerated() {
      let path = results.trial(trial.name, of: plan.name)
      var found: RunOutcomes.Outcome?
      do { found = try finished(path, trial.key) } catch  where error.systemError == nil && setsAside {
        let kept = try results.keep(path, of: plan.name, moved: true)
        observe(.setAside(file: path, kept: kept, reason: error.reason))
      } catch {
        // What the system does not let us read may be readable again when the trial is to be written.
      }
      guard var found else { continue }
      // What the sweep varies may have changed since the file was written.
      let settings = trial.values(of: distinctions)
      for row in found.rows.indices {
        (found.rows[row].trial, found.rows[row].settings) = (trial.name, settings)
        trial.setAsked(of: &found.rows[row])
      }
      reused[index] = found
    }
    return missingAnswers(plan, outputs, reused) ? reused.filter { isReadable(plan, outputs, $0) } : reused
  }

  /// Whether an analysis of the plan is still to be made.
  private static func missingAnswers(
    _ plan: SweepPlan, _ outputs: RecentStages, _ reused: [Int: RunOutcomes.Outcome]
  ) -> Bool {
    guard !plan.experiment.analyses.isEmpty else { return false }
    let rounds = plan.analysisRounds { reused[$0]?.rows ?? [] }
    return plan.experiment.analyses.contains { analysis in
      !isStored(AnalysisStage(analysis, of: rounds).key, outputs)
    }
  }

  /// Whether the outputs of a finished trial are there.
  private static func isReadable(
    _ plan: SweepPlan, _ outputs: RecentStages, _ trial: (key: Int, value: RunOutcomes.Outcome)
  ) -> Bool {
    plan.analysisRounds { $0 == trial.key ? trial.value.rows : [] }.flatMap(\.stages).allSatisfy {
      isStored($0, outputs)
    }
  }

  private static func isStored(_ key: StageKey, _ outputs: RecentStages) -> Bool {
    ((try? outputs.readFile(key)) ?? nil) != nil
  }

  /// The rows of a finished trial's file; `nil` where it is missing, unfinished, or that of another trial whose name is the same.
  ///
  /// - Throws: `StoreError` where it cannot be read.
  private static func finished(
    _ path: String, _ key: StageKey
  ) throws(StoreError) -> RunOutcomes.Outcome? {
    let file: TrialFile
    do { file = try TrialFile(path) } catch .file(let error) where error.isMissingFile { return nil }
    guard try file.key == key.hexadecimal else { return nil }
    let status = try file.status
    return status.isFinished ? (status, try file.rows) : nil
  }
}

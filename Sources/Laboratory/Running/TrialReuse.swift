import CoppiceStore
import CoppiceTerms

/// Which trials of a plan are not to be run: those whose file is whole, is of the same key, and says that the trial ended, or that it
/// failed by an error of its own. Where an analysis is still to be made, the outputs it reads must be there too.
enum TrialReuse {
  /// What files say of trials, by their places in the plan.
  struct Known {
    /// What came of each trial that is not to be run.
    var outcomes: [Int: RunOutcomes.Outcome] = [:]
    /// Why some of them failed.
    var failures: [Int: TrialFailure] = [:]
  }

  /// The trials that are not to be run, with the settings that the sweep varies now. A file that cannot be read is set aside.
  ///
  /// - Parameters:
  ///   - hasFailures: whether those are among them that failed.
  ///   - setsAside: whether a file that cannot be read is set aside; else it is left where it is.
  /// - Throws: `StoreError` where setting aside fails.
  static func known(
    _ plan: SweepPlan, in results: ResultsFolder, _ outputs: RecentStages, distinctions: [Distinction],
    withFailures hasFailures: Bool, setsAside: Bool = true, observe: (RunEvent) -> Void
  ) throws(StoreError) -> Known {
    var known = Known()
    for (index, trial) in plan.trials.enumerated() {
      let path = results.trial(trial.name, of: plan.name)
      var found: (outcome: RunOutcomes.Outcome, failure: TrialFailure?)?
      do { found = try outcome(path, trial.key) } catch  where error.systemError == nil && setsAside {
        let kept = try results.keep(path, of: plan.name, moved: true)
        observe(.setAside(file: path, kept: kept, reason: error.reason))
      } catch {
        // What the system does not let us read may be readable again when the trial is to be written.
      }
      guard var found, found.failure == nil || hasFailures else { continue }
      // What the sweep varies may have changed since the file was written.
      let settings = trial.values(of: distinctions)
      for row in found.outcome.rows.indices {
        (found.outcome.rows[row].trial, found.outcome.rows[row].settings) = (trial.name, settings)
        trial.setAsked(of: &found.outcome.rows[row])
      }
      known.outcomes[index] = found.outcome
      known.failures[index] = found.failure
    }
    if missingAnswers(plan, outputs, known) {
      // A trial that failed stays aside, whatever became of its outputs.
      known.outcomes = known.outcomes.filter {
        known.failures[$0.key] != nil || isReadable(plan, outputs, $0)
      }
    }
    return known
  }

  /// Whether an analysis of the plan is still to be made.
  private static func missingAnswers(_ plan: SweepPlan, _ outputs: RecentStages, _ known: Known) -> Bool {
    guard !plan.experiment.analyses.isEmpty else { return false }
    let rounds = plan.analysisRounds { known.outcomes[$0]?.rows ?? [] }
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

  /// What came of a trial, by its file; `nil` where the file is missing, or that of another trial whose name is the same, or where
  /// the trial is to be run, or run again.
  ///
  /// - Throws: `StoreError` where the file cannot be read.
  private static func outcome(
    _ path: String, _ key: StageKey
  ) throws(StoreError) -> (outcome: RunOutcomes.Outcome, failure: TrialFailure?)? {
    let file: TrialFile
    do { file = try TrialFile(path) } catch .file(let error) where error.isMissingFile { return nil }
    guard try file.key == key.hexadecimal else { return nil }
    let (status, failure) = (try file.status, try file.failure)
    guard status.isFinished || failure?.isLasting == true else { return nil }
    return ((status, try file.rows), failure)
  }
}

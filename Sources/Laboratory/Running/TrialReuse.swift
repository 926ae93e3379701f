import CoppiceStore

/// Which trials of a plan are finished already: those whose file is whole, is of the same key, and says that it ended.
enum TrialReuse {
  /// The finished trials by their places in the plan, with the settings that the sweep varies now.
  static func finished(
    _ plan: SweepPlan, in results: ResultsFolder, sweptSettings: [String]
  ) -> [Int: RunOutcomes.Outcome] {
    var reused: [Int: RunOutcomes.Outcome] = [:]
    for (index, trial) in plan.trials.enumerated() {
      guard var found = finished(results.trial(trial.name, of: plan.name), trial.key) else { continue }
      // What the sweep varies may have changed since the file was written.
      let settings = trial.values(of: sweptSettings)
      for row in found.rows.indices { found.rows[row].settings = settings }
      reused[index] = found
    }
    return reused
  }

  /// The rows of a finished trial's file; `nil` where it is missing, unfinished, damaged, or that of another trial whose name is
  /// the same.
  private static func finished(
    _ path: String, _ key: StageKey
  ) -> RunOutcomes.Outcome? {
    guard let file = try? TrialFile(path), let stored = try? file.key, stored == key.hexadecimal,
      let status = try? file.status, status.isFinished, let rows = try? file.rows
    else { return nil }
    return (status, rows)
  }
}

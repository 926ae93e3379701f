import CoppiceStore
import Foundation

/// What a run does with trials whose stages are there.
extension Runner {
  /// Puts the trials together whose failure ended the run: each says why it failed, whatever else it would have had.
  func assembleFailed() {
    for (index, failure) in queue.failedTrials() where !outcomes.isKnown(index) {
      assemble(index, .failed, failure)
    }
    outcomes.leaveRestPending()
  }

  func assemble(_ index: Int, _ ending: TrialStatus?, _ failure: TrialFailure?) {
    guard options.scope.hasTrials else { return }
    let trial = plan.trials[index]
    var failure = failure
    var outcome: RunOutcomes.Outcome?
    do {
      try restoreStages(ofTrial: index)
      let assembly = TrialAssembly(trial, from: outputs, distinctions: distinctions, costs: costs)
      var record = try assembly.record(
        provenance: provenance.json(data: library.records, seeds: [trial.trial.seed]), ending: ending)
      // What did not hold will not hold the next time.
      failure = try failure ?? assembly.fault(in: record).map { TrialFailure($0, isLasting: true) }
      record.failure = failure
      try TrialFile.writeTakingSizes(&record, to: results.trial(trial.name, of: plan.name))
      outcome = (record.status, record.rounds.map(\.row))
      if failure?.isLasting == true { outcomes.setAside(trial.name) }
    } catch let end as Interrupted {
      outcomes.keep(end)
      queue.close()
      // The trial that ended the run says why, though its file cannot be made now.
      guard failure != nil, interruption.reason == .failure else { return }
    } catch {
      outcomes.keep(error)
      // Without a file it is tried again by the next run, which finds its stages.
      failure = failure ?? TrialFailure(error)
    }
    if let failure {
      observe(.failed(trial: trial.name, message: failure.reason))
    } else if let outcome {
      observe(.finished(trial: trial.name, status: outcome.status, row: outcome.rows.last))
    }
    outcomes.add(outcome, ofTrial: index)
    if let failure {
      outcomes.addFailure(failure.reason, of: trial.name)
      endAfterFailure()
    }
    let isDue = sinceSummary.withLock { since in
      guard since.watch.elapsed > since.pause else { return false }
      since.watch = Stopwatch()
      return true
    }
    if isDue { writeSummaryInBetween() }
  }

  /// A summary in between is a courtesy; the one at the end reports what is wrong with it. That of ten thousand trials takes seconds,
  /// and so it is written more seldom: a twentieth of the time goes into it at most.
  private func writeSummaryInBetween() {
    let watch = Stopwatch()
    try? writer.write(outcomes.rows(isOver: false), isForced: false)
    sinceSummary.withLock { $0.pause = max(10, 20 * watch.elapsed) }
  }

  /// Makes again what is gone of the outputs that a trial is put together from.
  private func restoreStages(ofTrial index: Int) throws {
    try maker.restore(
      queue.doneStages(ofTrial: index).map { plan.stages[$0].key },
      StageContext(
        folder: results.stages, recent: outputs, interruption: interruption,
        checkpointInterval: options.checkpointInterval, threads: options.threads, costs: costs,
        passedOver: { [damaged] in damaged.passOver($0) }))
  }

  /// Says which finished trials have lost their files to somebody who removed them during the run.
  func checkFiles() {
    for (index, trial) in plan.trials.enumerated() where outcomes.isFinished(index) {
      let path = results.trial(trial.name, of: plan.name)
      guard access(path, F_OK) != 0 else { continue }
      let message = "\(path) was removed during the run; run the command again to write it anew"
      outcomes.addFailure(message, of: trial.name)
      observe(.failed(trial: trial.name, message: message))
    }
  }
}

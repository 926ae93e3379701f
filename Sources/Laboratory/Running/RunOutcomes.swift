import CoppiceStore
import CoppiceTerms
import Synchronization

/// What has come of the trials of a run so far. It is told from any thread.
final class RunOutcomes: Sendable {
  /// How a trial ended, and its lines in the index.
  typealias Outcome = (status: TrialStatus, rows: [IndexRow])

  private struct State {
    /// By the trial's place in the plan.
    var trials: [Int: Outcome]
    var failures: [(trial: String, message: String)] = []
    /// Trials that another run passes over.
    var setAside: Set<String> = []
    /// How a trial without an outcome stands when the run is over.
    var rest: TrialStatus
    var fileError: StoreError?
    var checkpointError: StoreError?
  }

  private let plan: SweepPlan
  private let distinctions: [Distinction]
  /// Trials that failed in a run before.
  let failedBefore: [(trial: String, message: String)]
  private let state: Mutex<State>

  /// The outcomes of a plan of which some trials are known already.
  init(_ plan: SweepPlan, distinctions: [Distinction], known: TrialReuse.Known, rest: TrialStatus) {
    self.plan = plan
    self.distinctions = distinctions
    let failures = known.failures.sorted { $0.key < $1.key }.map { (plan.trials[$0].name, $1.reason) }
    failedBefore = failures
    state = Mutex(State(trials: known.outcomes, setAside: Set(failures.map(\.0)), rest: rest))
  }

  /// How many trials have an outcome.
  var count: Int { state.withLock { $0.trials.count } }

  /// Whether something came of a trial.
  func isKnown(_ trial: Int) -> Bool { state.withLock { $0.trials[trial] != nil } }

  /// Says that trials without an outcome were not begun, and not interrupted.
  func leaveRestPending() { state.withLock { $0.rest = .pending } }

  /// Whether a trial has its results, good or bad.
  func isFinished(_ trial: Int) -> Bool { state.withLock { $0.trials[trial]?.status.isFinished } ?? false }

  /// Notes what came of a trial; `nil` where it left nothing.
  func add(_ outcome: Outcome?, ofTrial index: Int) {
    state.withLock { $0.trials[index] = outcome ?? (.failed, []) }
  }

  /// Notes that a trial or an analysis failed.
  func addFailure(_ message: String, of name: String) {
    state.withLock { $0.failures.append((name, message)) }
  }

  /// Notes that a trial failed which other runs pass over.
  func setAside(_ trial: String) { state.withLock { _ = $0.setAside.insert(trial) } }

  /// Remembers the first error of files, which has an exit code of its own.
  func keep(_ error: any Error) {
    guard let error = error as? StoreError else { return }
    state.withLock { $0.fileError = $0.fileError ?? error }
  }

  /// Remembers the first error of a checkpoint that was to be the last.
  func keep(_ end: Interrupted) {
    state.withLock { $0.checkpointError = $0.checkpointError ?? end.checkpointError }
  }

  /// The lines that a trial has left.
  func rows(ofTrial index: Int) -> [IndexRow] { state.withLock { $0.trials[index]?.rows } ?? [] }

  /// The rows of the summary: for a trial that has left none, one row that says how it stands.
  ///
  /// - Parameter isOver: whether the run has ended, so that what is not there was interrupted.
  func rows(isOver: Bool) -> [IndexRow] {
    let (trials, rest) = state.withLock { ($0.trials, $0.rest) }
    return plan.trials.enumerated().flatMap { index, trial -> [IndexRow] in
      if let rows = trials[index]?.rows, !rows.isEmpty { return rows }
      var row = trial.row(trial.rounds[trial.rounds.count - 1], distinctions: distinctions)
      row.status = trials[index]?.status ?? (isOver ? rest : .pending)
      row.isFinal = true
      return [row]
    }
  }

  /// What the run came to.
  ///
  /// - Parameter outputs: where the outputs of its stages lie.
  func report(
    interruption: Interruption.Reason?, summary: String, summaryError: StoreError?, orphans: [String],
    outputs: RecentStages
  ) -> RunReport {
    let rows = rows(isOver: true)
    return state.withLock { state in
      RunReport(
        trials: plan.trials.enumerated().map { index, trial in
          (trial.name, state.trials[index]?.status ?? state.rest)
        }, rows: rows, interruption: interruption, notes: plan.notes(on: rows, from: outputs),
        failures: state.failures, failedBefore: failedBefore, setAside: state.setAside, summary: summary,
        summaryError: summaryError, fileError: state.fileError, checkpointError: state.checkpointError,
        orphans: orphans)
    }
  }
}

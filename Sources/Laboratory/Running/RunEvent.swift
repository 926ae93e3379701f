import CoppiceStore

/// What a run tells of itself while it goes on.
package enum RunEvent: Sendable {
  /// What there is to do: stages to run, their optimizer steps and evaluations, stages and trials found done.
  case began(stages: Int, steps: Int, evaluations: Int, reusedStages: Int, reusedTrials: Int, trials: Int)
  /// Trials that failed in a run before, by errors of their own, and are not run again. Said after `began`.
  case failedBefore([(trial: String, message: String)])
  /// Work on a stage begins. `trial` is the first trial that waits for it.
  case started(stage: Int, trial: String)
  /// A stage got on. `trial` is the first trial that waits for it, and `remaining` how many seconds all that is left will take, by
  /// what was done so far.
  case progress(stage: Int, trial: String, StageProgress, remaining: Double?)
  /// A stage is over, by an error where `failure` tells of one.
  case ended(stage: Int, failure: TrialFailure? = nil)
  /// A trial has its results, good or bad.
  case finished(trial: String, status: TrialStatus, row: IndexRow?)
  /// Another run is at work on a stage of this one. Said once for each.
  case waiting(for: LeaseHolder)
  /// A file that cannot be read, or that another program writes to, is kept under another name, and a new one takes its place.
  case setAside(file: String, kept: String, reason: String)
  /// The system gives fewer threads than the run asked for; it goes on with those there are. Said once.
  case shortOfThreads
  /// What only saves time could not be written, as a checkpoint; the work goes on. `trial` is the first that waits for it.
  case setback(trial: String, message: String)
  /// A file of a stage does not hold what it should: what it held is computed again.
  case passedOver(StoreError)
  /// Lines of the journal are damaged; what they told is not known.
  case damagedJournal(file: String, lines: Int)
  /// A trial ended by an error.
  case failed(trial: String, message: String)
}

/// What a run came to.
package struct RunReport: Sendable {
  /// Every trial of the plan in order, with how it stands.
  package let trials: [(name: String, status: TrialStatus)]
  /// The rows of the summary.
  package let rows: [IndexRow]
  /// Why it ended before all was done; `nil` where all is.
  package let interruption: Interruption.Reason?
  /// What a reader must know of the masks behind the rows: rounds that removed nothing, sparsities that are missed.
  package let notes: [String]
  /// The error of each trial that failed.
  package let failures: [(trial: String, message: String)]
  /// The trials that failed in a run before, with why. They were not run again.
  package let failedBefore: [(trial: String, message: String)]
  /// The trials that failed by errors of their own, in this run or before: another run passes them over.
  package let setAside: Set<String>
  /// The file a user opens.
  package let summary: String
  /// Why the summary is as it was before; `nil` where it was written.
  package let summaryError: StoreError?
  /// The first error of reading or writing files, where one made trials fail: a full disk.
  package let fileError: StoreError?
  /// Why what was done up to an end that was asked for is not all in checkpoints; `nil` where it is.
  package let checkpointError: StoreError?
  /// Trial files in the folder that are not of this plan.
  package let orphans: [String]

  /// Whether it ended because an end was asked for.
  package var isInterrupted: Bool { interruption != nil }

  /// How many trials ended so.
  package func count(_ status: TrialStatus) -> Int { trials.count { $0.status == status } }

  /// The trials whose last network is at chance.
  package var trialsAtChance: Set<String> {
    Set(rows.filter { $0.isFinal && $0[metric: .chance] == 1 }.map(\.trial))
  }
}

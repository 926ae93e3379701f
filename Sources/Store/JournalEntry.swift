/// A line of the journal: something that happened in a run.
package struct JournalEntry: Codable, Hashable, Sendable {
  /// What happened. A journal of a newer program may have others, and those are passed over.
  package enum Event: String, Codable, Hashable, Sendable, CaseIterable {
    /// A run began: `trials` in the plan, `jobs` stages side by side of `threads` each, on a machine of so many `cores`.
    case began
    /// Work on `stage` began.
    case started
    /// `stage` got on, told every few seconds: `step` of `total`, `loss`, and `remaining` seconds for the whole run; `steps` and
    /// `seconds` are what this run has spent on it so far.
    case progress
    /// `stage` is over; `steps` and `seconds` are what this run spent on it.
    case stage
    /// A trial has its results: `status`, and the test `accuracy` of its last network.
    case trial
    /// A trial or an analysis ended by an error, its `message`: in this run, or before it, and it is not run again.
    case failed
    /// What a reader should know and the run goes on after: `message`.
    case warning
    /// The run is over: `status` is `completed` or `interrupted`.
    case ended
  }

  /// Seconds since 1970.
  package var time: Double
  package var event: Event
  /// The trial, or the first that waits for the stage.
  package var trial: String?
  package var status: String?
  /// Trials in the plan, at the beginning.
  package var trials: Int?
  /// Stages that run side by side, threads of each, and cores of the machine, at the beginning.
  package var jobs: Int?
  package var threads: Int?
  package var cores: Int?
  /// The key of a stage, hexadecimal.
  package var stage: String?
  /// Optimizer steps that this run has made for the stage.
  package var steps: Int?
  /// Seconds that this run has worked on the stage.
  package var seconds: Double?
  /// Steps made in all, and to be made.
  package var step: Int?
  package var total: Int?
  /// The mean loss of the last steps.
  package var loss: Double?
  /// Seconds until all is done.
  package var remaining: Double?
  /// A fraction, 0…1.
  package var accuracy: Double?
  package var message: String?
  /// Whether the error of a stage would come again (`TrialFailure`).
  package var lasts: Bool?
  /// The digest of the executable, at the beginning, where a component of the plan has no version: keys then hold for one executable.
  package var executable: String?
  /// The number of the process that writes, for people: whether it lives, its lease says (`RunLease`).
  package var process: Int32
  /// The name of its machine, for people.
  package var host: String?

  /// An entry of an event; what more there is to say is set afterwards.
  package init(
    time: Double, event: Event, trial: String? = nil, status: String? = nil, trials: Int? = nil,
    process: Int32
  ) {
    (self.time, self.event, self.trial, self.status) = (time, event, trial, status)
    (self.trials, self.process) = (trials, process)
  }
}

/// A line of the journal.
package struct JournalEntry: Codable, Hashable, Sendable {
  /// Seconds since 1970.
  package var time: Double
  /// `began`, `trial`, `ended`.
  package var event: String
  package var trial: String?
  package var status: String?
  /// Trials in the plan, at the beginning.
  package var trials: Int?
  /// The number of the process that writes, for people: whether it lives, its lease says (`RunLease`).
  package var process: Int32

  /// An entry of these parts.
  package init(
    time: Double, event: String, trial: String? = nil, status: String? = nil, trials: Int? = nil,
    process: Int32
  ) {
    (self.time, self.event, self.trial, self.status) = (time, event, trial, status)
    (self.trials, self.process) = (trials, process)
  }
}

import CoppiceStore

/// A stage at work: who works on it, how far it is and how fast.
package struct StageActivity: Hashable, Sendable {
  /// The key of the stage, hexadecimal.
  package let key: String
  package let worker: RunView.Worker
  /// The trial, or the first that waits for the stage.
  package private(set) var trial: String
  /// Steps made in all, and to be made; `nil` before the first are told.
  package private(set) var step: Int?
  package private(set) var total: Int?
  /// The mean loss of the last steps.
  package private(set) var loss: Double?
  package private(set) var losses = LossSeries()
  /// Seconds since 1970 at which it began, and at which it was last heard of.
  package let began: Double
  package private(set) var heard: Double
  /// The last few times at which steps were told.
  private var told: [Moment] = []

  private struct Moment: Hashable {
    let time: Double
    let step: Double
  }

  /// The steps a second over the last few times that it told of them; `nil` before the second.
  package var rate: Double? {
    guard let first = told.first, let last = told.last, last.time > first.time, last.step > first.step else {
      return nil
    }
    let rate = (last.step - first.step) / (last.time - first.time)
    return rate.isFinite ? rate : nil
  }

  init(key: String, worker: RunView.Worker, _ entry: JournalEntry) {
    (self.key, self.worker) = (key, worker)
    trial = RunView.cut(entry.trial ?? "")
    (began, heard) = (entry.time, entry.time)
  }

  /// Takes in how far it is.
  mutating func take(_ entry: JournalEntry) {
    heard = entry.time
    if let trial = entry.trial { self.trial = RunView.cut(trial) }
    loss = entry.loss ?? loss
    guard let step = entry.step else { return }
    (self.step, total) = (step, entry.total ?? total)
    // A checkpoint that was gone back to.
    if let last = told.last, Double(step) < last.step || entry.time < last.time { told = [] }
    told.append(Moment(time: entry.time, step: Double(step)))
    if told.count > 8 { told.removeFirst() }
    if let loss = entry.loss { losses.add(step: Double(step), loss: loss) }
  }
}

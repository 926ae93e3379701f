import CoppiceStore
import Foundation
import Synchronization

/// Writes down what a run tells of itself: for whoever looks on, and for later runs, which learn from it how long stages take.
///
/// A journal holds no results. What cannot be written is left out, and the run goes on.
final class RunJournal: Sendable {
  /// Seconds from one line on a stage to the next.
  private static let interval = 2.0

  private struct Activity {
    var watch = Stopwatch()
    var told = Stopwatch()
    var steps = 0
    let trial: String
  }

  private let journal: Journal
  private let keys: [String]
  private let executable: String?
  private let host = ProcessInfo.processInfo.hostName
  private let process = ProcessInfo.processInfo.processIdentifier
  private let (jobs, threads): (Int, Int)
  private let underWay = Mutex<[Int: Activity]>([:])

  /// A journal of the stages of a plan, of which so many run side by side with so many threads each.
  ///
  /// - Parameter executable: the digest of this program, where results hold for one executable only.
  init(
    _ path: String, stages: [any Stage], jobs: Int, threads: Int, executable: String? = nil
  ) throws(StoreError) {
    (self.jobs, self.threads, self.executable) = (jobs, threads, executable)
    journal = try Journal(path)
    keys = stages.map(\.key.hexadecimal)
  }

  /// Writes down what happened.
  func take(_ event: RunEvent) {
    switch event {
    case .began(_, _, _, _, _, let trials):
      append(.began) {
        ($0.trials, $0.jobs, $0.threads, $0.executable) = (trials, jobs, threads, executable)
        $0.cores = ProcessInfo.processInfo.activeProcessorCount
      }
    case .failedBefore(let trials):
      for (trial, message) in trials { append(.failed, trial: trial) { $0.message = message } }
    case .started(let stage, let trial):
      underWay.withLock { $0[stage] = Activity(trial: trial) }
      append(.started, stage, trial: trial)
    case .progress(let stage, let trial, let progress, let remaining):
      guard let spent = due(stage, trial, progress) else { return }
      append(.progress, stage, trial: trial) {
        ($0.steps, $0.seconds) = (spent.steps, spent.watch.elapsed)
        ($0.step, $0.total, $0.remaining) = (progress.step, progress.total, remaining)
        $0.loss = progress.loss.flatMap(Self.finite)
      }
    case .ended(let stage, let failure):
      guard let activity = underWay.withLock({ $0.removeValue(forKey: stage) }) else { return }
      append(.stage, stage, trial: activity.trial) {
        ($0.steps, $0.seconds, $0.message) = (activity.steps, activity.watch.elapsed, failure?.reason)
        $0.lasts = failure?.isLasting
      }
    case .finished(let trial, let status, let row):
      append(.trial, trial: trial) {
        $0.status = status.rawValue
        $0.accuracy = row.map { $0[metric: .testAccuracy] }.flatMap(Self.finite)
      }
    case .failed(let trial, let message): append(.failed, trial: trial) { $0.message = message }
    case .waiting(let holder): warn("another run is at work here (\(holder.description))")
    case .setAside(let file, let kept, let reason): warn("\(file) is kept as \(kept): \(reason)")
    case .shortOfThreads: warn("the system gives fewer threads than were asked for")
    case .setback(let trial, let message): warn(message, trial: trial)
    case .passedOver(let error): warn("computed again: \(error)")
    case .damagedJournal(let file, let lines):
      warn("\(file) has \(lines) damaged \(lines == 1 ? "line" : "lines"): passed over")
    }
  }

  /// The run is over.
  func end(isInterrupted: Bool) { append(.ended) { $0.status = isInterrupted ? "interrupted" : "completed" } }

  /// Counts what was done. Where it is time to write it down, gives what was done in all.
  private func due(_ stage: Int, _ trial: String, _ progress: StageProgress) -> Activity? {
    underWay.withLock { underWay in
      var activity = underWay[stage] ?? Activity(trial: trial)
      activity.steps += progress.steps
      let isDue = activity.told.elapsed >= Self.interval
      if isDue { activity.told = Stopwatch() }
      underWay[stage] = activity
      return isDue ? activity : nil
    }
  }

  private func warn(_ message: String, trial: String? = nil) {
    append(.warning, trial: trial) { $0.message = message }
  }

  private func append(
    _ event: JournalEntry.Event, _ stage: Int? = nil, trial: String? = nil,
    _ fill: (inout JournalEntry) -> Void = { _ in }
  ) {
    var entry = JournalEntry(
      time: Date().timeIntervalSince1970, event: event, trial: trial, process: process)
    entry.host = host
    entry.stage = stage.map { keys[$0] }
    fill(&entry)
    try? journal.append(entry)
  }

  /// JSON knows no other numbers.
  private static func finite(_ number: Double) -> Double? { number.isFinite ? number : nil }
}

import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation
import Synchronization

/// Tells how a run goes on. On a terminal that is one line: the share of the time that has passed, the time left, and the trials
/// under way with their losses. Elsewhere it is a line a finished trial, and one a minute on how things stand.
final class RunProgress: Sendable {
  private let isQuiet: Bool
  private let isLive: Bool
  private let state = Mutex(RunStanding())
  private let lastTold = Mutex(Stopwatch())
  private let watch = Stopwatch()
  /// Failures of runs before that are told one by one.
  private static let toldFailures = 20

  init(isQuiet: Bool) {
    self.isQuiet = isQuiet
    isLive = !isQuiet && Terminal.isLive
  }

  func observe(_ event: RunEvent) {
    state.withLock { $0.take(event) }
    switch event {
    case .began(let stages, let steps, let evaluations, let reusedStages, let reusedTrials, let trials):
      guard !isQuiet else { return }
      Terminal.log(
        "\(trials) trials (\(reusedTrials) done before); \(stages) stages to run, \(steps) training steps, "
          + "\(evaluations) evaluations; \(reusedStages) stages reused")
    case .failedBefore(let trials):
      let count = RunOutput.trials(trials.count)
      let shown = trials.prefix(Self.toldFailures)
      let lines = shown.map { "\n  \($0.trial): \($0.message)" }.joined()
      let rest = trials.count > shown.count ? "\n  and \(trials.count - shown.count) more" : ""
      let (verb, them) = trials.count == 1 ? ("is", "it") : ("are", "them")
      Terminal.log(
        "\(count) failed before and \(verb) set aside; --retry failed runs \(them) again:\(lines)\(rest)")
    case .started: break
    case .progress, .ended: tell()
    case .finished(let trial, let status, let row):
      if isLive {
        tell(isForced: true)
      } else if !isQuiet {
        let accuracy = row.map({ $0[metric: .testAccuracy] }).flatMap { accuracy in
          accuracy.isNaN ? nil : ", test accuracy \(NumberText.fixed(accuracy * 100, decimals: 2)) %"
        }
        let count = state.withLock { "[\($0.finishedTrials)/\($0.trials)]" }
        Terminal.log("\(count) \(trial) \(status.rawValue)\(accuracy ?? "")")
      }
    case .waiting(let holder):
      guard !isQuiet else { return }
      if isLive { Terminal.redraw("") }
      Terminal.log(
        "another run is at work here (\(holder.description)); what it has begun is waited for, the rest is shared"
      )
    case .setAside(let file, let kept, let reason):
      if isLive { Terminal.redraw("") }
      Terminal.log("set aside: \(file): \(reason); it is kept as \(kept), and a new one is written")
    case .shortOfThreads:
      if isLive { Terminal.redraw("") }
      Terminal.log(
        "warning: the system gives this run fewer threads than it asked for (ulimit -u, memory): it goes on with those there are, "
          + "with the same results")
    case .setback(let trial, let message):
      if isLive { Terminal.redraw("") }
      Terminal.log("warning: \(trial): \(message) The work goes on; it is tried again.")
    case .passedOver(let error):
      if isLive { Terminal.redraw("") }
      Terminal.log("computed again: \(error)")
    case .damagedJournal(let file, let lines):
      if isLive { Terminal.redraw("") }
      Terminal.log(
        "warning: \(file) has \(lines) damaged \(lines == 1 ? "line" : "lines"): passed over, for no result stands there; remove the file to "
          + "forget \(lines == 1 ? "it" : "them")")
    case .failed(let trial, let message):
      if isLive { Terminal.redraw("") }
      Terminal.log("failed: \(trial): \(message)")
    }
  }

  /// Clears the line.
  func end() {
    if isLive { Terminal.redraw("") }
  }

  private func tell(isForced: Bool = false) {
    guard !isQuiet else { return }
    let isDue = lastTold.withLock { last in
      guard isForced || last.elapsed > (isLive ? 0.1 : 60) else { return false }
      last = Stopwatch()
      return true
    }
    guard isDue else { return }
    let line = Self.line(state.withLock { $0 }, after: watch.elapsed)
    if isLive {
      Terminal.redraw(line.text(width: Terminal.width, color: Terminal.hasColor))
    } else {
      Terminal.log(line.sentence)
    }
  }

  /// A run as a line.
  private static func line(_ standing: RunStanding, after elapsed: Double) -> ProgressLine {
    let counted =
      standing.totalEvaluations > 0
      ? ["\(standing.evaluations)/\(standing.totalEvaluations) evaluations"] : []
    let underWay = standing.activities.map { activity in
      "\(activity.trial) \(activity.step)/\(activity.total)"
        + (activity.loss.map { " loss \(NumberText.fixed($0, decimals: 3))" } ?? "")
    }
    return ProgressLine(
      done: standing.finishedTrials, total: standing.trials, unit: "trials",
      fraction: standing.share(after: elapsed), remaining: standing.remaining,
      activity: (counted + underWay).joined(separator: ", "))
  }
}

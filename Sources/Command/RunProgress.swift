import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation
import Synchronization

/// Draws how a run goes on: on a terminal one line with rate and time left, otherwise a line a finished trial.
final class RunProgress: Sendable {
  private struct State {
    var steps = 0
    var remaining: Double?
    var totalSteps = 0
    var trials = 0
    var finishedTrials = 0
    var start = Date()
    var lastDrawn = Date.distantPast
  }

  private let isQuiet: Bool
  private let isLive: Bool
  private let state = Mutex(State())

  init(isQuiet: Bool) {
    self.isQuiet = isQuiet
    isLive = !isQuiet && Terminal.isLive
  }

  func observe(_ event: RunEvent) {
    switch event {
    case .began(let stages, let steps, let reusedStages, let reusedTrials, let trials):
      state.withLock { state in
        state.totalSteps = steps
        state.trials = trials
        state.finishedTrials = reusedTrials
        state.start = Date()
      }
      guard !isQuiet else { return }
      Terminal.log(
        "\(trials) trials (\(reusedTrials) done before); \(stages) stages to run, \(steps) training steps; "
          + "\(reusedStages) stages reused")
    case .steps(let steps, let remaining):
      state.withLock { state in
        state.steps += steps
        state.remaining = remaining
      }
      draw()
    case .finished(let trial, let status, let row):
      let (finished, trials) = state.withLock { state in
        state.finishedTrials += 1
        return (state.finishedTrials, state.trials)
      }
      if isLive {
        draw(isForced: true)
      } else if !isQuiet {
        let accuracy = row.map({ $0[metric: .testAccuracy] }).flatMap { accuracy in
          accuracy.isNaN ? nil : ", test accuracy \(NumberText.fixed(accuracy * 100, decimals: 2)) %"
        }
        Terminal.log("[\(finished)/\(trials)] \(trial) \(status.rawValue)\(accuracy ?? "")")
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
    case .failed(let trial, let message):
      state.withLock { $0.finishedTrials += 1 }
      if isLive { Terminal.redraw("") }
      Terminal.log("failed: \(trial): \(message)")
    }
  }

  /// Clears the line.
  func end() {
    if isLive { Terminal.redraw("") }
  }

  private func draw(isForced: Bool = false) {
    guard isLive else { return }
    state.withLock { state in
      let now = Date()
      guard isForced || now.timeIntervalSince(state.lastDrawn) > 0.1 else { return }
      state.lastDrawn = now
      let rate = Double(state.steps) / max(1e-9, now.timeIntervalSince(state.start))
      let line = ProgressLine(
        done: state.steps, total: state.totalSteps, rate: rate,
        remaining: state.remaining,
        activity: "\(state.finishedTrials)/\(state.trials) trials")
      Terminal.redraw(line.text(width: Terminal.width, color: Terminal.hasColor))
    }
  }
}

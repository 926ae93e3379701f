/// How a run stands, from what it has told of itself.
package struct RunStanding: Sendable {
  /// A stage at work, and the trial that waits for it first.
  package struct Activity: Hashable, Sendable {
    package let trial: String
    /// Steps made, and steps to make.
    package var step = 0
    package var total = 0
    /// The mean loss of the last steps; `nil` before the first.
    package var loss: Double?

    package init(trial: String, step: Int = 0, total: Int = 0, loss: Double? = nil) {
      (self.trial, self.step, self.total, self.loss) = (trial, step, total, loss)
    }
  }

  package private(set) var trials = 0
  package private(set) var finishedTrials = 0
  package private(set) var evaluations = 0
  /// Evaluations of all stages to run.
  package private(set) var totalEvaluations = 0
  /// Seconds until all is done; `nil` before the first steps are.
  package private(set) var remaining: Double?
  private var underWay: [Int: Activity] = [:]

  package init() {}

  /// The stages at work, in the order of the plan.
  package var activities: [Activity] { underWay.sorted { $0.key < $1.key }.map(\.value) }

  /// How far the run is, 0…1: the time that has passed, of what has passed and is left. Later steps may be faster than earlier ones,
  /// so a share of the steps would say little.
  package func share(after elapsed: Double) -> Double {
    guard let remaining else { return 0 }
    return elapsed + remaining > 0 ? elapsed / (elapsed + remaining) : 1
  }

  /// Takes in what happened.
  package mutating func take(_ event: RunEvent) {
    switch event {
    case .began(_, _, let evaluations, _, let reusedTrials, let trials):
      self = RunStanding()
      (self.trials, finishedTrials, totalEvaluations) = (trials, reusedTrials, evaluations)
    case .progress(let stage, let trial, let progress, let remaining):
      self.remaining = remaining
      evaluations += progress.evaluations
      var activity = underWay[stage] ?? Activity(trial: trial)
      (activity.step, activity.total) = (progress.step, progress.total)
      activity.loss = progress.loss ?? activity.loss
      underWay[stage] = activity
    case .ended(let stage, _): underWay[stage] = nil
    case .failedBefore(let trials): finishedTrials += trials.count
    case .finished, .failed: finishedTrials += 1
    case .started, .waiting, .setAside, .shortOfThreads, .setback, .passedOver, .damagedJournal: break
    }
  }
}

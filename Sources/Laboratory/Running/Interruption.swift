import CoppiceStore
import CoppiceTerms
import Synchronization

/// Whether a run is to end before all is done: because somebody asks for it, because its time is over, or because a
/// trial failed. Trainings look at it after every step, write a checkpoint and stop.
package final class Interruption: Sendable {
  /// Why a run ends before all is done.
  package enum Reason: String, Hashable, Sendable {
    /// Somebody asked for it: Ctrl-C, a terminal that went away, a limit of processor time.
    case request
    /// SIGTERM, as `kill` and schedulers send it.
    case termination
    /// Its time is over.
    case deadline
    /// A trial failed, and the run was to go no further than that.
    case failure
  }

  private let requested = Atomic<Bool>(false)
  private let failed = Atomic<Bool>(false)
  private let hearsSignals = Atomic<Bool>(false)
  private let watch = Stopwatch()
  private let lifetime: Double?

  /// - Parameter deadline: seconds from now at which the run must be over; `nil` where it may take as long as it likes. An end is
  ///   asked for a twentieth of that time before, 2 minutes at most, so that there is time for checkpoints and the summary.
  package init(deadline: Double? = nil) {
    lifetime = deadline.map { $0 - min($0 / 20, 120) }
  }

  /// Whether to stop at the next good moment.
  package var isRequested: Bool { reason != nil }

  /// Why to stop; `nil` where nothing asks for it.
  package var reason: Reason? {
    if failed.load(ordering: .relaxed) { return .failure }
    if requested.load(ordering: .relaxed) { return .request }
    if hearsSignals.load(ordering: .relaxed), EndSignals.isHeard {
      return EndSignals.isTermination ? .termination : .request
    }
    if let lifetime, watch.elapsed >= lifetime { return .deadline }
    return nil
  }

  /// - Throws: `Interrupted` where an end was asked for.
  func check() throws(Interrupted) {
    if isRequested { throw Interrupted() }
  }

  /// Asks for an end because of a failure, where nothing else has asked for one.
  func requestAfterFailure() {
    if reason == nil { failed.store(true, ordering: .relaxed) }
  }

  /// Asks for an end.
  package func request() { requested.store(true, ordering: .relaxed) }

  /// Lets the signals that mean an end ask for one, see `EndSignals`.
  package func observeSignals() {
    EndSignals.observe()
    hearsSignals.store(true, ordering: .relaxed)
  }
}

/// Thrown by a stage that stopped, after a checkpoint, because an end was asked for.
package struct Interrupted: ReportedError {
  /// Why that checkpoint could not be written; `nil` where it was.
  var checkpointError: StoreError?

  package var description: String { "stopped after a checkpoint, because an end was asked for" }
  package var exitCode: FailureCode { .interrupted }
}

import CoppiceStore
import CoppiceTerms
import Synchronization

/// Whether the user has asked for an end. Trainings look at it after every step, write a checkpoint and stop.
package final class Interruption: Sendable {
  private let requested = Atomic<Bool>(false)
  private let hearsSignals = Atomic<Bool>(false)

  package init() {}

  /// Whether to stop at the next good moment.
  package var isRequested: Bool {
    requested.load(ordering: .relaxed) || hearsSignals.load(ordering: .relaxed) && EndSignals.isHeard
  }

  /// - Throws: `Interrupted` where an end was asked for.
  func check() throws(Interrupted) {
    if isRequested { throw Interrupted() }
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

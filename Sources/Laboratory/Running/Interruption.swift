import CoppiceStore
import CoppiceTerms
import Foundation
import Synchronization

/// Whether the user has asked for an end. Trainings look at it after every step, write a checkpoint and stop.
package final class Interruption: Sendable {
  private let requested = Atomic<Bool>(false)

  package init() {}

  /// Whether to stop at the next good moment.
  package var isRequested: Bool { requested.load(ordering: .relaxed) }

  /// - Throws: `Interrupted` where an end was asked for.
  func check() throws(Interrupted) {
    if isRequested { throw Interrupted() }
  }

  /// Asks for an end.
  package func request() { requested.store(true, ordering: .relaxed) }

  /// Lets SIGINT, SIGTERM and SIGHUP, which a terminal that goes away sends, ask for an end; a second one ends the process at once.
  /// Keep what is returned alive for as long as signals should be heard.
  package func observeSignals() -> [any DispatchSourceSignal] {
    [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [self] in
        if isRequested { _exit(130) }
        request()
      }
      source.resume()
      return source
    }
  }
}

/// Thrown by a stage that stopped, after a checkpoint, because an end was asked for.
package struct Interrupted: ReportedError {
  /// Why that checkpoint could not be written; `nil` where it was.
  var checkpointError: StoreError?

  package var description: String { "stopped after a checkpoint, because an end was asked for" }
  package var exitCode: FailureCode { .interrupted }
}

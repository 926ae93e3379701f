import CoppiceStore
import CoppiceTerms

/// Lets one of several processes on a folder of results do what only one is to do for an experiment: put it together, or launch it.
/// It is a lease like that beside a stage, so that the one of a dead process expires (`StageLeases`).
package enum SoleLease {
  /// What only one does.
  package enum Purpose: String, Sendable {
    case assembly
    case launch
  }

  /// Does something while this process holds the lease.
  ///
  /// - Parameter held: called where another holds it, with who that is.
  package static func hold<Result>(
    _ purpose: Purpose, of experiment: String, in results: ResultsFolder, expiry: Double = 60,
    _ body: () throws -> Result, orHeld held: (LeaseHolder) throws -> Result
  ) throws -> Result {
    let leases = StageLeases(results.stages, expiry: expiry)
    let key = StageKey(
      Specification(purpose.rawValue, version: 1, [("experiment", .text(experiment))])
    ).hexadecimal
    if case .held(let holder) = leases.acquire(key) { return try held(holder) }
    let heartbeat = Heartbeat(every: leases.interval) { leases.beat() }
    defer {
      heartbeat.end()
      leases.release(key)
    }
    return try body()
  }
}

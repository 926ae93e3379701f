import CoppiceHDF5
import Foundation
import Synchronization

/// What shows that a run is at work on an experiment, for as long as it lives: a lease beside the journal, `run-<random>.lease`.
/// Several runs may be at work, each with a lease of its own. Where none can be made, the run goes on without.
package final class RunLease: Sendable {
  private struct State {
    /// `nil` where there is no file.
    var descriptor: Int32?
    var beat = 0
    var isOver = false
  }

  private let path: String
  private let me: LeaseHolder
  private let state: Mutex<State>

  /// The lease of a run that begins. What dead runs left is removed.
  ///
  /// - Parameter expiry: seconds without a heartbeat that others bear with.
  package init(in results: ResultsFolder, of experiment: String, expiry: Double = 60) {
    for lease in results.leftLeases(of: experiment) { _ = results.remove(lease) }
    me = LeaseHolder(expiry: expiry)
    path = results.lease(me.run, of: experiment)
    state = Mutex(State(descriptor: LeaseFile.make(path, me)))
  }

  deinit { end() }

  /// Shows that the run lives. A file that somebody has removed is made again.
  package func beat() {
    state.withLock { state in
      guard !state.isOver else { return }
      if let descriptor = state.descriptor, !LeaseFile.isInPlace(path, descriptor) {
        close(descriptor)
        state.descriptor = nil
      }
      state.beat += 1
      var holder = me
      holder.beat = state.beat
      if let descriptor = state.descriptor {
        LeaseFile.beat(descriptor, holder)
      } else {
        state.descriptor = LeaseFile.make(path, holder)
      }
    }
  }

  /// The run is over.
  package func end() {
    state.withLock { state in
      state.isOver = true
      if let descriptor = state.descriptor { LeaseFile.remove(path, descriptor) }
      state.descriptor = nil
    }
  }
}

extension ResultsFolder {
  /// Who is at work on an experiment, as far as can be told at once (`LeaseFile`), the one that began last at the end.
  package func runs(of experiment: String) -> [LeaseHolder] {
    leases(of: experiment).compactMap(LeaseFile.holder).sorted { $0.began < $1.began }
  }

  /// The leases of runs that are dead.
  func leftLeases(of experiment: String) -> [String] { leases(of: experiment).filter(LeaseFile.isLeft) }

  /// The path of a run's lease.
  fileprivate func lease(_ run: String, of experiment: String) -> String {
    "\(folder(of: experiment))/run-\(run).lease"
  }

  private func leases(of experiment: String) -> [String] {
    let folder = folder(of: experiment)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    // Of another name, a file is somebody's own.
    return names.filter { $0.wholeMatch(of: #/run-[0-9a-f]{1,16}\.lease/#) != nil }.sorted().map {
      "\(folder)/\($0)"
    }
  }
}

import CoppiceHDF5
import Foundation
import Synchronization

/// The leases that a run holds on stages, so that of several runs on one folder each stage is computed by one.
///
/// A lease is a file beside the stage, `<key>.lease`, see `LeaseFile`. Its holder writes to it every quarter
/// of `LeaseHolder.expiry`. Others take it over when its lock is gone, where they can ask for that, or when they have seen no
/// heartbeat for the whole expiry by a clock of their own: the clocks of two machines are never compared.
///
/// Nothing rests on a lease but time. Stages are deterministic and appear whole, so where two runs compute one after all (a
/// machine was asleep, a file system has no links), the results are the same.
package final class StageLeases: Sendable {
  /// What came of asking for a lease.
  package enum Answer: Sendable, Equatable {
    /// It is held by this run, until it is released.
    case granted
    /// Another run is at work.
    case held(LeaseHolder)
  }

  private struct Watch {
    var holder: LeaseHolder
    var since: Double
  }

  private struct State {
    /// Descriptors of the files held, by stage; `nil` where the file could not be made.
    var held: [String: Int32?] = [:]
    /// What others hold, with when it last changed.
    var watched: [String: Watch] = [:]
    var beat = 0
  }

  private let folder: StageFolder
  private let me: LeaseHolder
  private let now: @Sendable () -> Double
  private let state = Mutex(State())

  /// The leases of a new run.
  ///
  /// - Parameters:
  ///   - expiry: seconds without a heartbeat after which others may take a lease over.
  ///   - now: seconds of a clock that never goes back.
  package init(
    _ folder: StageFolder, expiry: Double = 60,
    now: @escaping @Sendable () -> Double = { ProcessInfo.processInfo.systemUptime }
  ) {
    (self.folder, self.now) = (folder, now)
    me = LeaseHolder(expiry: expiry)
  }

  deinit {
    for key in state.withLock({ Array($0.held.keys) }) { release(key) }
  }

  /// Seconds between heartbeats.
  package var interval: Double { me.expiry / 4 }

  /// Asks for the lease of a stage.
  package func acquire(_ key: String) -> Answer {
    for _ in 0..<3 {
      if create(key) { return .granted }
      guard let holder = holder(of: key) else { continue }
      guard isExpired(key, holder), takeOver(key, from: holder) else { return .held(holder) }
    }
    // A file that is neither there nor can be made, or that nobody can read: it guards nothing.
    if let holder = holder(of: key) { return .held(holder) }
    state.withLock { $0.held[key] = .some(nil) }
    return .granted
  }

  /// Gives a lease back.
  package func release(_ key: String) {
    guard let held = state.withLock({ $0.held.removeValue(forKey: key) }), let descriptor = held else {
      return
    }
    // Another run may have taken it over meanwhile.
    LeaseFile.remove(folder.lease(key), descriptor)
  }

  /// Shows that this run lives; to be called every `interval` seconds.
  package func beat() {
    state.withLock { state in
      state.beat += 1
      for case let descriptor? in state.held.values {
        var holder = me
        holder.beat = state.beat
        LeaseFile.beat(descriptor, holder)
      }
    }
  }

  /// Whether a holder is this run.
  package func isOwn(_ holder: LeaseHolder) -> Bool { holder.run == me.run }

  /// Who holds the lease of a stage, be it expired; `nil` where nobody does.
  package func holder(of key: String) -> LeaseHolder? {
    let path = folder.lease(key)
    if let holder = LeaseHolder(path) { return holder }
    // What is no file is nobody's lease, and guards nothing.
    guard OwnFiles.kind(of: path) == S_IFREG else { return nil }
    // A file that cannot be understood: cut off, or of a newer program. It expires like any other.
    var unknown = LeaseHolder(expiry: me.expiry)
    (unknown.host, unknown.kernel, unknown.process, unknown.run, unknown.began) = ("?", "?", 0, "?", 0)
    return unknown
  }

  // MARK: Taking

  /// Makes the file; `false` where there is one.
  private func create(_ key: String) -> Bool {
    var holder = me
    holder.beat = state.withLock { $0.beat }
    guard let descriptor = LeaseFile.make(folder.lease(key), holder) else { return false }
    state.withLock { state in
      state.held[key] = descriptor
      state.watched[key] = nil
    }
    return true
  }

  /// Whether a lease may be taken over.
  private func isExpired(_ key: String, _ holder: LeaseHolder) -> Bool {
    if holder.isHere, holder.isLocked, LeaseFile.isUnlocked(folder.lease(key)) { return true }
    let time = now()
    return state.withLock { state in
      guard let watch = state.watched[key], watch.holder == holder else {
        state.watched[key] = Watch(holder: holder, since: time)
        return false
      }
      return time - watch.since >= min(max(holder.expiry, 0), 3600)
    }
  }

  /// Takes the file away from a holder that no longer lives; `false` where it is another's by now.
  private func takeOver(_ key: String, from holder: LeaseHolder) -> Bool {
    let path = folder.lease(key)
    let taken = AtomicFile.temporaryPath(for: path)
    guard rename(path, taken) == 0 else { return true }
    defer { unlink(taken) }
    let found = LeaseHolder(taken)
    guard found == nil || found?.run == holder.run else {
      // Another run was faster, and this file is its lease.
      link(taken, path)
      return false
    }
    return true
  }
}

extension StageFolder {
  /// Who is at work on stages here, as far as can be told at once, see `LeaseFile`.
  package var holders: [LeaseHolder] {
    scan { $0 == .lease }.compactMap { LeaseFile.holder($0.path) }
  }
}

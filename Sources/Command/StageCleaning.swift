import CoppiceStore
import Foundation

/// Which files of a folder of stages go, and which stay.
struct StageCleaning {
  /// What is asked for beside that stages go.
  struct Bounds {
    /// Seconds since a file was written or read last; `nil` for any.
    var age: Double?
    /// Bytes that the folder may keep; `nil` where all may go.
    var bytes: Int?
    /// Whether stages that unfinished sweeps need go too.
    var takesNeeded = false
  }

  /// What goes, in the order in which it goes.
  private(set) var going: [StageEntry] = []
  /// What stays because unfinished sweeps need it.
  private(set) var needed: [StageEntry] = []
  /// The bytes of all files, before anything goes.
  let total: Int

  /// Chooses among files: what nobody needs, old enough, the oldest first, until no more than the bytes asked for are left.
  ///
  /// - Parameters:
  ///   - isNeeded: whether a stage may be needed by a sweep that is not finished.
  ///   - now: seconds since 1970.
  init(
    _ entries: [StageEntry], _ bounds: Bounds, now: Double = Date().timeIntervalSince1970,
    isNeeded: (String) -> Bool
  ) {
    total = entries.reduce(0) { $0 + $1.bytes }
    var left = total
    // Of equal age, the order of the paths decides, so that the same is told and done.
    let oldest =
      bounds.bytes == nil ? entries : entries.sorted { ($0.time, $0.path) < ($1.time, $1.path) }
    for entry in oldest {
      if !bounds.takesNeeded, isNeeded(entry.key) {
        needed.append(entry)
        continue
      }
      if let age = bounds.age, now - entry.time < age { continue }
      if let bytes = bounds.bytes, left <= bytes { continue }
      going.append(entry)
      left -= entry.bytes
    }
  }

  /// The bytes that stay.
  var left: Int { total - going.reduce(0) { $0 + $1.bytes } }
}

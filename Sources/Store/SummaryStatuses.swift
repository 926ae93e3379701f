import Foundation

/// How trials stood when a summary was written. What it says of a trial whose file has not been written since needs no look at the
/// file: of ten thousand trials, those are opened that ended after the last summary, as behind a crash.
package struct SummaryStatuses: Sendable {
  /// The names of the trials, in the order of the index.
  package let trials: [String]
  private let statuses: [String: TrialStatus]
  /// When the summary was written, in seconds since 1970; `nil` where the system does not tell.
  private let time: Double?

  /// What the summary at a path says.
  /// - Throws: `StoreError` where it cannot be read.
  package init(_ path: String) throws(StoreError) {
    // One that takes its place meanwhile is newer, and then more files are opened than need be.
    time = Self.time(of: path)
    var (trials, statuses): ([String], [String: TrialStatus]) = ([], [:])
    // The last row of a trial says how it ended.
    for row in try SummaryFile.rows(path) {
      if statuses.updateValue(row.status, forKey: row.trial) == nil { trials.append(row.trial) }
    }
    (self.trials, self.statuses) = (trials, statuses)
  }

  /// The status of a trial; `nil` where its file has to be asked: the summary does not say that it has finished, or the file is
  /// newer.
  package func status(of trial: String, in file: String) -> TrialStatus? {
    guard let status = statuses[trial], status.isFinished, let time, let written = Self.time(of: file),
      written < time
    else { return nil }
    return status
  }

  private static func time(of path: String) -> Double? {
    var status = stat()
    return stat(path, &status) == 0 ? status.modified : nil
  }
}

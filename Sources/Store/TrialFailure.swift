import CoppiceHDF5

/// Why a trial failed.
package struct TrialFailure: Hashable, Sendable {
  /// What went wrong, as a sentence or more.
  package let reason: String
  /// Whether another run would only fail again: the error is of the trial itself. Errors of files, of the system and of memory may be
  /// over by the next run.
  package let isLasting: Bool

  /// A failure with its reason, of which a file keeps 4,000 characters.
  package init(_ reason: String, isLasting: Bool) {
    self.reason = String(reason.prefix(4000))
    self.isLasting = isLasting
  }
}

extension TrialFailure {
  /// Writes the attributes `failure` and `failure_lasts`.
  func write(to root: HDF5Group) throws(HDF5Error) {
    try root.setAttribute("failure", .text(reason))
    try root.setAttribute("failure_lasts", .integer(isLasting ? 1 : 0))
  }

  /// Reads what `write` wrote; `nil` in files from before reasons were stored, which makes a run try again.
  init?(from root: HDF5Group) throws(HDF5Error) {
    guard let reason = try root.attribute("failure")?.text else { return nil }
    self.init(reason, isLasting: try root.attribute("failure_lasts")?.number == 1)
  }
}

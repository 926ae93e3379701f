import CoppiceStore
import Foundation

/// Files of stages that do not hold what they should. They are kept among what is set aside, so that new ones take their place and
/// whoever looks for the cause still has them.
struct DamagedFiles: Sendable {
  let results: ResultsFolder
  /// The name of the experiment whose run keeps them.
  let experiment: String
  let observe: @Sendable (RunEvent) -> Void

  /// Keeps the file of an error, and tells of it. To be called by whoever holds the lease of the stage: nobody else writes it then.
  ///
  /// What the system does not let us read stays where it is, and so does what a link leads to.
  func keep(_ error: StoreError) {
    guard error.systemError == nil, let file = error.damagedFile, !results.stages.isLink,
      file.hasPrefix(results.stages.path + "/"),
      let kept = try? results.keep(file, of: experiment, moved: true)
    else { return }
    observe(.setAside(file: file, kept: kept, reason: error.reason))
  }

  /// Tells that what a file holds is computed again, and keeps the file.
  func passOver(_ error: StoreError) {
    observe(.passedOver(error))
    keep(error)
  }
}

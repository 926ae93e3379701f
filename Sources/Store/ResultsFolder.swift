import CoppiceHDF5
import Foundation

/// Where the results of experiments lie: `<experiment>/summary.h5`, `<experiment>/trials/<trial>.h5`,
/// `<experiment>/journal.jsonl`, `<experiment>/run-….lease` while a run is at work, and the stages that all experiments share.
package struct ResultsFolder: Hashable, Sendable {
  /// The path of the folder: `Results`.
  package let path: String

  /// The folder at a path; what is missing is made when it is written to.
  package init(_ path: String) { self.path = path }

  /// The stages that experiments share.
  package var stages: StageFolder { StageFolder(path + "/stages") }

  /// The folder of an experiment's results. A name too long for a folder is shortened, see `FileName`.
  package func folder(of experiment: String) -> String { "\(path)/\(FileName.shortened(experiment))" }

  /// The file a user opens.
  package func summary(of experiment: String) -> String { folder(of: experiment) + "/summary.h5" }

  /// The journal of live progress.
  package func journal(of experiment: String) -> String { folder(of: experiment) + "/journal.jsonl" }

  /// The file of one trial.
  package func trial(_ trial: String, of experiment: String) -> String {
    "\(folder(of: experiment))/trials/\(trial).h5"
  }

  /// Where files are kept that stood in the way of new ones and could not be read: damaged ones, and those that another program
  /// has written to.
  package func setAside(of experiment: String) -> String { folder(of: experiment) + "/set-aside" }

  /// Keeps a file there, see `AtomicFile.keep`, and gives the path it is kept at.
  package func keep(_ file: String, of experiment: String, moved isMoved: Bool) throws(StoreError) -> String {
    try storing { () throws(HDF5Error) in
      try AtomicFile.keep(file, in: setAside(of: experiment), moved: isMoved)
    }
  }

  /// The paths of what is kept there, sorted.
  package func setAsideFiles(of experiment: String) -> [String] {
    let folder = setAside(of: experiment)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".h5") }.sorted().map { "\(folder)/\($0)" }
  }

  /// Temporary files among the results of an experiment that processes left which were killed in the middle of a write, and the
  /// leases of runs that were killed.
  package func leftovers(of experiment: String) -> [String] {
    ["", "/trials", "/set-aside"].flatMap { AtomicFile.leftovers(in: folder(of: experiment) + $0) }
      + leftLeases(of: experiment)
  }

  /// The same among the folders of experiments.
  package var ownLeftovers: [String] { AtomicFile.leftovers(in: path) }

  /// Removes those of an experiment.
  package func removeLeftovers(of experiment: String) {
    for leftover in leftovers(of: experiment) { unlink(leftover) }
  }

  /// Makes the trial files there are last through a power cut.
  package func syncTrials(of experiment: String) {
    AtomicFile.syncFolder(folder(of: experiment) + "/trials")
  }

  /// The names of the trials whose files are there, sorted.
  package func trials(of experiment: String) -> [String] {
    let names =
      (try? FileManager.default.contentsOfDirectory(atPath: folder(of: experiment) + "/trials")) ?? []
    return names.filter { $0.hasSuffix(".h5") }.map { String($0.dropLast(3)) }.sorted()
  }

  /// The names of the experiments that have a summary, sorted.
  package var experiments: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { access(summary(of: $0), F_OK) == 0 }.sorted()
  }
}

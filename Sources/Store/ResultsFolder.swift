import CoppiceHDF5
import Foundation

/// Where the results of experiments lie: `<experiment>/summary.h5`, `<experiment>/trials/<trial>.h5`,
/// `<experiment>/journal.jsonl`, `<experiment>/run-….lease` while a run is at work, and the stages that all experiments share.
package struct ResultsFolder: Hashable, Sendable {
  /// The path of the folder: `Results`.
  package let path: String

  /// The folder at a path; what is missing is made when it is written to. Without a path it is the folder at hand, never the root of
  /// all files.
  package init(_ path: String) { self.path = path.isEmpty ? "." : path }

  /// The name of the folder of stages, which no experiment can have.
  package static let stagesName = "stages"

  /// The name of the folder of tables of costs.
  package static let costsName = "costs"

  /// The folder of tables of costs.
  package var costs: String { "\(path)/\(Self.costsName)" }

  /// The stages that experiments share.
  package var stages: StageFolder { StageFolder("\(path)/\(Self.stagesName)") }

  /// The folder of an experiment's results. A name too long for a folder is shortened, see `FileName`.
  package func folder(of experiment: String) -> String { "\(path)/\(FileName.shortened(experiment))" }

  /// The file a user opens.
  package func summary(of experiment: String) -> String { folder(of: experiment) + "/summary.h5" }

  /// The journal of live progress.
  package func journal(of experiment: String) -> String { folder(of: experiment) + "/journal.jsonl" }

  /// What people noted of the trials of an experiment, see `TrialNotes`.
  package func notes(of experiment: String) -> String { folder(of: experiment) + "/notes.json" }

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

  /// The paths of what is kept there, sorted; folders with something in them are somebody's own.
  package func setAsideFiles(of experiment: String) -> [String] {
    let folder = setAside(of: experiment)
    return names(in: ["set-aside"], of: experiment).filter(OwnFiles.isSetAside).map { "\(folder)/\($0)" }
      .filter { path in
        OwnFiles.kind(of: path) != S_IFDIR
          || (try? FileManager.default.contentsOfDirectory(atPath: path).isEmpty) == true
      }
  }

  /// The names of the trials whose files were written by runs, by their names and kinds, sorted.
  package func ownTrials(of experiment: String) -> [String] {
    names(in: ["trials"], of: experiment).filter(OwnFiles.isTrial).map { String($0.dropLast(3)) }
      .filter { OwnFiles.kind(of: trial($0, of: experiment)) == S_IFREG }
  }

  /// Temporary files among the results of an experiment that processes left which were killed in the middle of a write, and the
  /// leases of runs that were killed.
  package func leftovers(of experiment: String) -> [String] {
    [[], ["trials"], ["set-aside"]].flatMap { folders -> [String] in
      guard !names(in: folders, of: experiment).isEmpty else { return [] }
      return AtomicFile.leftovers(in: ([folder(of: experiment)] + folders).joined(separator: "/"))
    } + leftLeases(of: experiment)
  }

  /// The same among the folders of experiments.
  package var ownLeftovers: [String] { AtomicFile.leftovers(in: path) }

  /// Removes those of an experiment.
  package func removeLeftovers(of experiment: String) {
    for leftover in leftovers(of: experiment) { _ = remove(leftover) }
  }

  /// Removes a file of these results, through no link.
  ///
  /// - Returns: 0 where it is gone, else the reason.
  package func remove(_ file: String) -> Int32 { OwnFiles.remove(file, below: path) }

  /// Whether the folder of an experiment is a link to another. What lies there is used and never removed.
  package func isLink(_ experiment: String) -> Bool { OwnFiles.kind(of: folder(of: experiment)) == S_IFLNK }

  private func names(in folders: [String], of experiment: String) -> [String] {
    OwnFiles.names(in: [FileName.shortened(experiment)] + folders, below: path)
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

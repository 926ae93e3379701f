import CoppiceHDF5
import Foundation

/// Where the results of experiments lie: `<experiment>/summary.h5`, `<experiment>/trials/<trial>.h5`,
/// `<experiment>/journal.jsonl`, and the stages that all experiments share.
package struct ResultsFolder: Hashable, Sendable {
  /// The path of the folder: `Results`.
  package let path: String

  /// The folder at a path; what is missing is made when it is written to.
  package init(_ path: String) { self.path = path }

  /// The stages that experiments share.
  package var stages: StageFolder { StageFolder(path + "/stages") }

  /// The file a user opens.
  package func summary(of experiment: String) -> String { "\(path)/\(experiment)/summary.h5" }

  /// The journal of live progress.
  package func journal(of experiment: String) -> String { "\(path)/\(experiment)/journal.jsonl" }

  /// The file of one trial.
  package func trial(_ trial: String, of experiment: String) -> String {
    "\(path)/\(experiment)/trials/\(trial).h5"
  }

  /// Makes the trial files there are last through a power cut.
  package func syncTrials(of experiment: String) {
    AtomicFile.syncFolder("\(path)/\(experiment)/trials")
  }

  /// The names of the trials whose files are there, sorted.
  package func trials(of experiment: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(experiment)/trials")) ?? []
    return names.filter { $0.hasSuffix(".h5") }.map { String($0.dropLast(3)) }.sorted()
  }

  /// The names of the experiments that have a summary, sorted.
  package var experiments: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { access(summary(of: $0), F_OK) == 0 }.sorted()
  }
}

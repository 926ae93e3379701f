import Coppice
import CoppiceStore
import Foundation

/// Finds what a user names among the results.
struct StoredResults {
  let folder: ResultsFolder

  /// The results folder's name a user means: an experiment's, or one made by `--set` or `--as`.
  /// - Throws: a usage failure with the nearest name where there are neither results nor an experiment of that name.
  func name(_ text: String) throws -> String {
    if ExperimentCatalogue.experiments.contains(where: { $0.name == text }) || contains(text) { return text }
    throw ExperimentError.unknown(text, known: ExperimentCatalogue.experiments.map(\.name) + names)
  }

  /// The names of all folders of results, sorted.
  var names: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter(contains).sorted()
  }

  private func contains(_ name: String) -> Bool {
    let others = ["", ".", "..", ResultsFolder.stagesName, ResultsFolder.costsName]
    guard !others.contains(name), !name.unicodeScalars.contains("/") else { return false }
    return [folder.summary(of: name), folder.journal(of: name), folder.launchRecord(of: name)].contains(
      where: FileManager.default.fileExists)
  }

  /// The path of the summary a user means: a file, or the summary of an experiment.
  func summary(_ text: String) throws -> String {
    if text.contains("/") || text.hasSuffix(".h5") || Self.isFile(text) { return text }
    let name = try name(text)
    let path = folder.summary(of: name)
    guard Self.isFile(path) else {
      throw CommandFailure(
        "there is no \(path): \(name) has not been run to its end. Run it with `\(ProgramName.current) run \(name)`",
        CommandFailure.inputMissing)
    }
    return path
  }

  /// The summary a user means, with the results it is among: those of its own folder where a file is named.
  func located(_ text: String) throws -> (path: String, name: String, results: ResultsFolder) {
    let path = try summary(text)
    let own = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent()
    if let name = try? name(text), path == folder.summary(of: name) { return (path, name, folder) }
    return (path, own.lastPathComponent, ResultsFolder(own.deletingLastPathComponent().path))
  }

  /// The path of the trial file a user means: a file, `EXPERIMENT/TRIAL`, or a trial's name or its beginning or end, where only
  /// one trial has it.
  func trial(_ text: String) throws -> String {
    if Self.isFile(text) { return text }
    let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
    let experiments = parts.count == 2 ? [try name(parts[0])] : names
    let found = try match(
      text,
      experiments.flatMap { experiment in
        folder.trials(of: experiment).map { (experiment: experiment, trial: $0) }
      })
    return folder.trial(found.trial, of: found.experiment)
  }

  /// A trial that a user means to note something of: one with a file, or one that a summary names.
  func noted(_ text: String) throws -> NotedTrial {
    let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
    let experiments = parts.count == 2 ? [try name(parts[0])] : names
    let found = try match(
      text,
      experiments.flatMap { experiment in
        let rows = (try? SummaryFile.rows(folder.summary(of: experiment))) ?? []
        return Set(rows.map(\.trial) + folder.trials(of: experiment)).sorted()
          .map { (experiment: experiment, trial: $0) }
      })
    return NotedTrial(experiment: found.experiment, trial: found.trial)
  }

  /// The one trial of that name, or whose name begins or ends so.
  private func match(
    _ text: String, _ trials: [(experiment: String, trial: String)]
  ) throws -> (experiment: String, trial: String) {
    let wanted = text.split(separator: "/", maxSplits: 1).map(String.init).last ?? text
    let matches =
      [
        trials.filter { $0.trial == wanted },
        trials.filter { $0.trial.hasPrefix(wanted) || $0.trial.hasSuffix(wanted) },
      ]
      .first { !$0.isEmpty } ?? []
    switch matches.count {
    case 1: return matches[0]
    case 0:
      let nearest = trials.map(\.trial).nearest(to: wanted)
      throw CommandFailure(
        "there is no trial \"\(text)\" in \(folder.path)"
          + (nearest.map { "; did you mean \"\($0)\"?" } ?? ".")
          + " See `\(ProgramName.current) status EXPERIMENT --list`.", CommandFailure.inputMissing)
    default:
      let some = matches.prefix(5).map { "\($0.experiment)/\($0.trial)" }.joined(separator: "\n  ")
      throw CommandFailure(
        "\(matches.count) trials are meant by \"\(text)\":\n  \(some)\(matches.count > 5 ? "\n  …" : "")",
        CommandFailure.usage)
    }
  }

  /// Whether a word names a summary: a file, or results that are there.
  func isSummary(_ text: String) -> Bool { Self.isFile(text) || text.hasSuffix(".h5") || contains(text) }

  private static func isFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
  }
}

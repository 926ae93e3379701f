import Coppice
import CoppiceStore
import Foundation

/// The trials of stored results, with what is known of each.
struct KnownTrials {
  /// In the order of the summary or list.
  private(set) var trials: [KnownTrial] = []
  /// How many were left out, because they have not ended.
  private(set) var unfinished = 0
  /// How many there were before a sample was taken.
  private(set) var total = 0

  /// A sample of the trials in stored results.
  ///
  /// - Parameter sample: how many, and the seed by which they are chosen; `nil` for all.
  init(
    _ stored: StoredResult, sample: (count: Int, seed: Int)?, _ library: DataLibrary
  ) throws {
    switch stored {
    case .trial(let path):
      trials = [try KnownTrial(file: path)]
      if let published = Self.digests(beside: (path as NSString).deletingLastPathComponent + "/..") {
        trials[0].published = published[trials[0].name]
      }
      total = 1
    case .summary(let path): try read(summary: path, sample)
    case .digests(let path): try read(digests: path, sample, library)
    case .archive: break
    }
  }

  private static func chosen<Element>(_ all: [Element], _ sample: (count: Int, seed: Int)?) -> [Element] {
    guard let sample else { return all }
    return TrialSample.places(sample.count, of: all.count, seed: sample.seed).map { all[$0] }
  }

  /// The trials of a summary: their files, where these lie beside it; else the published digests; else the rows.
  private mutating func read(summary path: String, _ sample: (count: Int, seed: Int)?) throws {
    let summary = try SummaryFile.read(path)
    let folder = (path as NSString).deletingLastPathComponent
    let published = Self.digests(beside: folder.isEmpty ? "." : folder)
    let all = SummaryTrials(summary)
    (total, unfinished) = (all.finished.count, all.all.count - all.finished.count)
    for known in Self.chosen(all.finished, sample) {
      let name = known.name
      let file = (folder.isEmpty ? "." : folder) + "/trials/\(name).h5"
      if FileManager.default.fileExists(atPath: file) {
        var trial = try KnownTrial(file: file)
        (trial.name, trial.published) = (name, published?[name])
        trials.append(trial)
      } else {
        var trial = KnownTrial(
          name: name, configuration: known.configuration, provenance: summary.provenance,
          results: .rows(known.rows))
        trial.published = published?[name]
        trials.append(trial)
      }
    }
  }

  /// The trials of a list, as the experiment of its folder plans them.
  private mutating func read(
    digests path: String, _ sample: (count: Int, seed: Int)?, _ library: DataLibrary
  ) throws {
    let list = try DigestList(parsing: try Self.text(of: path), of: path)
    total = list.trials.count
    let folder = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent().lastPathComponent
    let plan = try SweepPlan(try ExperimentCatalogue.experiment(folder), library: library)
    let planned = Dictionary(plan.trials.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for (name, digest) in Self.chosen(list.trials, sample) {
      trials.append(
        KnownTrial(
          name: name, trial: planned[name]?.trial, configuration: "",
          provenance: JSON.object([("numerics", .integer(list.numerics))]),
          key: planned[name]?.key.hexadecimal, results: .digest(digest, in: path)))
    }
  }

  /// The list that lies beside a summary, where there is one of this version of the numerics.
  private static func digests(beside folder: String) -> DigestList? {
    let path = folder + "/" + DigestList.fileName
    guard let text = try? text(of: path), let list = try? DigestList(parsing: text, of: path),
      list.numerics == StageKey.numericsVersion
    else { return nil }
    return list
  }

  static func text(of path: String) throws -> String {
    String(decoding: try ReadableFile.bytes(path, atMost: 1 << 28), as: UTF8.self)
  }
}

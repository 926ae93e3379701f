import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation

/// All summaries there are: those of a results folder, and of `Results` where that is another.
struct StoredSummaries {
  /// Their rows, by name.
  let sources: [Advice.Source]
  /// Why some could not be read.
  let faults: [String]
  private let paths: [String: String]

  init(_ folder: ResultsFolder) {
    let shipped = ResultsFolder("Results")
    let isOther =
      URL(fileURLWithPath: shipped.path).standardizedFileURL
      != URL(fileURLWithPath: folder.path).standardizedFileURL
    var (sources, faults, paths): ([Advice.Source], [String], [String: String]) = ([], [], [:])
    for folder in [folder] + (isOther ? [shipped] : []) {
      for name in folder.experiments {
        let path = folder.summary(of: name)
        // A user's own results come first, and of one name they count.
        guard paths[name] == nil else { continue }
        do {
          sources.append(Advice.Source(name: name, rows: try SummaryFile.rows(path)))
          paths[name] = path
        } catch {
          faults.append("\(path) is left out: \(error)")
        }
      }
    }
    (self.sources, self.faults, self.paths) = (sources, faults, paths)
  }

  /// The command that makes the trials of a point again; `nil` where it is not known.
  func command(for point: AdvicePoint) -> String? {
    guard let path = paths[point.experiment], let trial = point.trials.first,
      let configuration = try? SummaryFile.configuration(path)
    else { return nil }
    return RepeatCommand(of: trial, in: configuration)?.line(
      seeds: max(1, point.trials.count), name: "advised-\(point.experiment)")
  }
}

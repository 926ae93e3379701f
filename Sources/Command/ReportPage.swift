import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation

/// What a page is made of: a summary, the files of its trials, and what this program knows of its experiment.
struct ReportPage {
  /// Why some files of trials could not be read.
  let faults: [String]
  private let summary: Summary
  private let surroundings: Report.Surroundings

  /// The page.
  /// - Throws: `ReportingError` where no curves can be made of the rows.
  var report: Report { get throws { try Report(summary, surroundings) } }

  /// - Parameters:
  ///   - path: that of the summary.
  ///   - name: what the user called it.
  ///   - hasTrials: whether the files of the trials beside the summary are read.
  init(
    _ path: String, named name: String, results: StoredResults, hasTrials: Bool, isForeign: Bool
  ) throws {
    summary = try SummaryFile.read(path, isForeign: isForeign)
    let isPath = name == path
    var surroundings = Report.Surroundings(name: summary.experiment.isEmpty ? name : summary.experiment)
    let trials = Self.trials(of: summary)
    var faults: [String] = []
    if hasTrials {
      let folder = (path as NSString).deletingLastPathComponent + "/trials/"
      for trial in trials {
        let file = folder + trial + ".h5"
        guard FileManager.default.fileExists(atPath: file) else { continue }
        do {
          surroundings.details.append(try TrialDetail(TrialFile(file, isForeign: isForeign)))
        } catch {
          faults.append("\(file) is left out: \(error)")
        }
      }
    }
    self.faults = faults
    if case .text(let owner)? = JSON.member("experiment", of: summary.configuration),
      let experiment = ExperimentCatalogue.experiments.first(where: { $0.name == owner }),
      !experiment.claims.isEmpty
    {
      surroundings.claims = ClaimReport(experiment, rows: summary.rows, analyses: summary.analyses, results)
        .table.without([
          "experiment", "command", "minutes",
        ])
    }
    surroundings.invariants = Invariant.all.map { ($0.name, $0.statement) }
    surroundings.settings = Dictionary(
      Settings.all.map { ($0.name, $0.documentation) }, uniquingKeysWith: { first, _ in first })
    surroundings.generator = "coppice \(Provenance.toolVersion)"
    surroundings.show = isPath ? "" : ShellWord.line([ProgramName.current, "show"]) + " \(name)/"
    surroundings.commands = Self.commands(
      summary, name, firstTrial: isPath || surroundings.details.isEmpty ? nil : trials.first,
      hasTrials: hasTrials)
    self.surroundings = surroundings
  }

  /// The names of the trials, each once, in the order of the index.
  private static func trials(of summary: Summary) -> [String] {
    var met: Set<String> = []
    return summary.rows.map(\.trial).filter { met.insert($0).inserted }
  }

  /// The commands that make again or show what stands on the page.
  private static func commands(
    _ summary: Summary, _ name: String, firstTrial: String?, hasTrials: Bool
  ) -> [Report.Command] {
    func command(_ purpose: String, _ words: String...) -> Report.Command {
      Report.Command(purpose, ShellWord.line([ProgramName.current] + words))
    }
    var commands: [Report.Command] = []
    if case .text(let line)? = JSON.member("command", of: summary.provenance) {
      commands.append(
        Report.Command("The run, as it was given; what is there already is not run again", line))
    }
    commands += [
      command("The table of results", "table", name, "--y", "test_accuracy,test_loss"),
      command("All rows, for other programs", "table", name, "--rows", "--format", "csv"),
      command("Accuracy against weights remaining", "plot", name, "-o", "accuracy.svg"),
      command("Accuracy against compression", "plot", name, "--x", "compression", "-o", "compression.svg"),
      command("Accuracy against FLOPs", "plot", name, "--x", "flops_nonzero", "-o", "flops.svg"),
      command("The same figure for Vega-Lite", "plot", name, "-o", "accuracy.json"),
    ]
    commands += summary.analyses.flatMap { analysis in
      [command("The analysis \(analysis.title)", "table", name, "--analysis", analysis.name)]
        + (analysis.drawing == nil
          ? []
          : [command("Its figure", "plot", name, "--analysis", analysis.name, "-o", "\(analysis.name).svg")])
    }
    if let firstTrial {
      commands.append(command("A trial, evaluated again", "show", "\(name)/\(firstTrial)", "--evaluate"))
    }
    let page = [ProgramName.current, "report", name] + (hasTrials ? [] : ["--without-trials"])
    return commands + [Report.Command("This page", ShellWord.line(page))]
  }
}

extension Table {
  /// The table without some columns.
  fileprivate func without(_ names: Set<String>) -> Table {
    let kept = columns.indices.filter { !names.contains(columns[$0].name) }
    return Table(
      columns: kept.map { columns[$0] },
      rows: rows.map { row in kept.map { $0 < row.count ? row[$0] : .missing } })
  }
}

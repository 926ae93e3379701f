import ArgumentParser
import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Tell which trials are done, running and left.",
    discussion: """
      Without an experiment: all that have results.

      \(examples("status", "status \(anExperiment) --list"))
      """)

  @Argument(
    help: "The experiment, or the name of its results folder.", completion: Completions.results)
  var experiment: String?

  @Flag(help: "List every trial with how it stands.")
  var list = false

  @OptionGroup var results: ResultsOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let stored = StoredResults(folder: results.folder)
    let library = DataLibrary(data.folders, tables: results.folder.costs)
    let names = try experiment.map { [try stored.name($0)] } ?? stored.names
    let states = try names.map { try ExperimentStatus($0, in: results.folder, library: library) }
    for fault in states.flatMap(\.faults) { Terminal.log("not counted: \(fault)") }
    if format.json {
      return try Terminal.data(
        JSON.object([
          ("schema_version", .integer(1)),
          ("experiments", .list(states.map { $0.json(jobs(of: $0.name)) })),
        ]))
    }
    if states.isEmpty { Terminal.log("no results in \(results.folder.path) yet") }
    for state in states {
      try Terminal.data(state.line + (jobs(of: state.name)?.words ?? ""))
      for trial in state.trials where list || experiment != nil && trial.status == .failed {
        let reason = state.failures[trial.name].map { ": \($0.reason)" } ?? ""
        try Terminal.data("  \(trial.name)  \(trial.status.rawValue)\(reason)")
      }
      guard state.setAside > 0, experiment != nil else { continue }
      Terminal.log(
        "note: \(RunOutput.trials(state.setAside)) that failed \(state.setAside == 1 ? "is" : "are") set aside; "
          + "`run --retry failed` runs \(state.setAside == 1 ? "it" : "them") again")
    }
  }

  /// The jobs of an experiment that was launched; `nil` also where nobody tells how they stand.
  private func jobs(of name: String) -> LaunchedJobs? {
    do { return try LaunchedJobs(of: name, in: results.folder) } catch {
      Terminal.log("the jobs of \(name) are not told: \(CommandFailure(error)?.message ?? "\(error)")")
      return nil
    }
  }
}

extension LaunchedJobs {
  /// `; jobs: 3 pending, 2 running, 4 over`.
  fileprivate var words: String {
    "; jobs: \(count(.pending)) pending, \(count(.running)) running, \(count(nil)) over"
  }

  fileprivate var json: JSON {
    .members([
      ("pending", .integer(count(.pending))), ("running", .integer(count(.running))),
      ("over", .integer(count(nil))),
    ])
  }
}

extension ExperimentStatus {
  /// `quickstart: 12 of 36 trials done (1 collapsed), 24 left; running as process 4711 on elm, since 14:03:21; last activity 5 s
  /// ago`.
  fileprivate var line: String {
    let trouble = [TrialStatus.collapsed, .diverged, .failed].compactMap { status in
      count(status) == 0 ? nil : "\(count(status)) \(status.rawValue)"
    }
    var line = "\(name): \(done) of \(trials.count) trials done"
    if !trouble.isEmpty { line += " (\(trouble.joined(separator: ", ")))" }
    line += ", \(trials.count - done) left"
    if let run { line += "; running as \(run.description)" }
    if let ago = lastActivity.flatMap({ ProgressLine.duration(max(0, -$0.timeIntervalSinceNow)) }) {
      line += "; last activity \(ago) ago"
    }
    return line
  }

  fileprivate func json(_ jobs: LaunchedJobs?) -> JSON {
    .members([
      ("name", .text(name)), ("planned", .integer(trials.count)), ("done", .integer(done)),
      ("left", .integer(trials.count - done)),
      ("counts", .members(TrialStatus.allCases.map { ($0.rawValue, .integer(count($0))) })),
      ("process", run.map { .integer(Int($0.process)) } ?? .null),
      ("host", run.map { .text($0.host) } ?? .null), ("jobs", jobs?.json ?? .null),
      (
        "last_activity",
        lastActivity.map { .text(ISO8601DateFormatter().string(from: $0)) } ?? .null
      ),
      (
        "trials",
        .list(
          trials.map { trial in
            .members(
              [("name", .text(trial.name)), ("status", .text(trial.status.rawValue))]
                + (failures[trial.name]?.members ?? []))
          })
      ),
    ])
  }
}

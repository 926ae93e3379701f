import Coppice
import CoppiceStore

/// What `run` prints at its end.
enum RunOutput {
  /// For a person.
  static func summary(_ report: RunReport, figure: String?) -> String {
    let atChance = report.trialsAtChance.count
    let counts =
      TrialStatus.allCases.compactMap { status in
        report.count(status) == 0 ? nil : "\(report.count(status)) \(status.rawValue)"
      } + (atChance == 0 ? [] : ["\(atChance) at chance"])
    return ([counts.joined(separator: ", "), report.summary] + (figure.map { [$0] } ?? []))
      .joined(separator: "\n")
  }

  /// `1 trial`, `3 trials`.
  static func trials(_ count: Int) -> String { "\(count) \(count == 1 ? "trial" : "trials")" }

  /// For a program.
  static func json(_ report: RunReport, figure: String?, warnings: [String]) -> String {
    let atChance = report.trialsAtChance
    return JSON.object([
      ("schema_version", .integer(1)), ("summary", .text(report.summary)),
      ("figure", figure.map(JSON.text) ?? .null), ("interrupted", .flag(report.isInterrupted)),
      ("interruption", report.interruption.map { .text($0.rawValue) } ?? .null),
      (
        "trials",
        .list(
          report.trials.map {
            .members([
              ("name", .text($0.name)), ("status", .text($0.status.rawValue)),
              ("chance", .flag(atChance.contains($0.name))),
            ])
          })
      ),
      ("failures", failures(report.failures)), ("failed_before", failures(report.failedBefore)),
      ("notes", .list(report.notes.map(JSON.text))), ("orphans", .list(report.orphans.map(JSON.text))),
      ("warnings", .list(warnings.map(JSON.text))),
    ])
  }

  private static func failures(_ failures: [(trial: String, message: String)]) -> JSON {
    .list(failures.map { .members([("trial", .text($0.trial)), ("message", .text($0.message))]) })
  }
}

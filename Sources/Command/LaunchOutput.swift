import Coppice
import CoppiceReporting

/// What `launch` prints.
enum LaunchOutput {
  /// For a person: the scripts, or what was submitted.
  ///
  /// - Parameter ids: the numbers of the jobs; `nil` where nothing was submitted.
  static func text(_ launch: Launch, _ steps: [Launch.Step], ids: [String]?) -> String {
    guard !steps.isEmpty else { return nothing(launch) }
    var lines: [String] = []
    for (place, step) in steps.enumerated() {
      guard let ids else {
        lines += ["# \(launch.path(of: step))", step.script.text]
        continue
      }
      lines.append("job \(ids[place]): \(words(step))")
    }
    if ids == nil { lines += steps.map { "# \($0.name): \(words($0))" } }
    if launch.queued > 0 { lines.append("\(launch.queued) stages are queued or running already") }
    let name = launch.plan.name
    lines.append(
      ids == nil
        ? "# nothing was submitted: leave out --dry-run"
        : "`\(ProgramName.current) status \(name)` tells how it stands, `\(ProgramName.current) cancel \(name)` ends it"
    )
    return lines.joined(separator: "\n")
  }

  private static func nothing(_ launch: Launch) -> String {
    launch.isDone
      ? "\(launch.plan.name) is done: nothing is missing"
      : "\(launch.plan.name): all that is missing is queued or running already (\(launch.queued) stages)"
  }

  private static func words(_ step: Launch.Step) -> String {
    guard let tasks = step.script.tasks else { return "puts trials and summary together" }
    let longest = ProgressLine.duration(step.script.seconds) ?? "?"
    return "\(step.name), \(tasks.count) \(tasks.count == 1 ? "job" : "jobs") with \(step.stages) "
      + "\(step.stages == 1 ? "stage" : "stages"), the longest about \(longest)"
      + (step.script.isExclusive ? ", alone on its machine" : "")
  }

  /// For a program.
  static func json(_ launch: Launch, _ steps: [Launch.Step], ids: [String]?) -> String {
    JSON.object([
      ("schema_version", .integer(1)), ("experiment", .text(launch.plan.experiment.name)),
      ("results", .text(launch.plan.name)), ("dry_run", .flag(ids == nil)), ("done", .flag(launch.isDone)),
      ("queued_stages", .integer(launch.queued)),
      (
        "scripts",
        .list(
          steps.enumerated().map { place, step in
            .members([
              ("name", .text(step.name)), ("wave", .integer(step.wave + 1)),
              ("id", ids.map { .text($0[place]) } ?? .null),
              ("jobs", .integer(step.script.tasks?.count ?? 1)),
              ("stages", .integer(step.stages)), ("seconds", .number(step.script.seconds)),
              ("exclusive", .flag(step.script.isExclusive)), ("path", .text(launch.path(of: step))),
              ("script", .text(step.script.text)), ("tasks", .list(step.lines.map(JSON.text))),
            ])
          })
      ),
    ])
  }
}

import ArgumentParser
import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation

struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Watch runs at work: trials done, stages under way, rates, losses, failures.",
    discussion: """
      Reads what runs write down, on this machine or on others that share the folder, and disturbs none of them. On a terminal it is \
      drawn anew until the last run ends, q or Ctrl-C; elsewhere it is a line for whatever happens.

      \(examples("watch \(anExperiment)", "watch \(anExperiment) --once"))
      """)

  @Argument(
    help: "The experiment, or the name of its results folder.", completion: Completions.results)
  var experiment: String

  @Flag(help: "Tell how it stands and end.")
  var once = false

  @Flag(help: "Go on while no run is at work, until all trials are done: between the jobs of a cluster.")
  var wait = false

  @Option(help: "Seconds from one look to the next; else 1 on a terminal and 10 elsewhere.")
  var every: Double?

  @OptionGroup var results: ResultsOptions
  @OptionGroup var format: FormatOptions

  func validate() throws {
    if let every, !(0.1...86_400).contains(every) {
      throw ValidationError("--every takes seconds from 0.1 to 86400, not \(every)")
    }
    if once, wait { throw ValidationError("--once ends at once, and --wait does not: take one of them") }
    if format.json, !once { throw ValidationError("--json tells how it stands once: give --once too") }
  }

  func run() throws {
    let name = try StoredResults(folder: results.folder).name(experiment)
    var run = LiveRun(name, in: results.folder)
    try run.update()
    if format.json { return try Terminal.data(JSON.object(run.members())) }
    if once { return try Terminal.data(Self.lines(run).joined(separator: "\n")) }
    let interruption = Interruption()
    interruption.observeSignals()
    if Terminal.isOutputLive {
      try redraw(&run, until: interruption)
    } else {
      try tell(&run, until: interruption)
    }
  }

  /// Whether there is nothing more to come.
  private func isOver(_ run: LiveRun) -> Bool {
    guard !run.view.isAtWork else { return false }
    return !wait || run.view.left == 0
  }

  /// Draws over the screen until the run ends; then how it stands stays there.
  private func redraw(_ run: inout LiveRun, until interruption: Interruption) throws {
    let screen = LiveScreen()
    var failure: (any Error)?
    while true {
      screen.show(Self.lines(run, isOnScreen: true))
      if isOver(run) || screen.waitForQuit(every ?? 1, until: interruption) { break }
      do { try run.update() } catch {
        failure = error
        break
      }
    }
    screen.end()
    if let failure { throw failure }
    try Terminal.data(Self.lines(run).joined(separator: "\n"))
  }

  /// A line for whatever happens, until the run ends.
  private func tell(_ run: inout LiveRun, until interruption: Interruption) throws {
    var told: Set<String> = []
    var last = ""
    var isFirst = true
    while true {
      for line in Self.happened(run.view) where told.insert(line).inserted && !isFirst {
        try Terminal.data(line)
      }
      isFirst = false
      let sentence = run.view.sentence(of: run.name, at: LiveRun.now)
      if sentence != last { try Terminal.data(sentence) }
      last = sentence
      if isOver(run) { return }
      let watch = Stopwatch()
      while watch.elapsed < every ?? 10 {
        if interruption.isRequested { return }
        usleep(50_000)
      }
      try run.update()
    }
  }

  /// A line each for the trials that ended and what went wrong.
  private static func happened(_ view: RunView) -> [String] {
    view.finished.map { RunView.finishedLine($0) }
      + view.failures.map { "  failed: \(RunView.oneLine($0.trial)): \(RunView.oneLine($0.message))" }
      + view.warnings.map { "  warning: \(RunView.oneLine($0.message))" }
  }

  private static func lines(_ run: LiveRun, isOnScreen: Bool = false) -> [String] {
    run.view.lines(
      of: run.name, at: LiveRun.now, width: Terminal.tableWidth ?? 120,
      height: isOnScreen ? Terminal.height - 1 : 60, color: isOnScreen && Terminal.hasOutputColor)
  }
}

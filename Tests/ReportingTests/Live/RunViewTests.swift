import CoppiceReporting
import CoppiceStore
import CoppiceTerms
import Testing

/// How an experiment stands, from entries of its journal.
@Suite struct RunViewTests {
  private static func entry(
    _ event: JournalEntry.Event, _ time: Double, process: Int32 = 1, host: String = "elm",
    _ fill: (inout JournalEntry) -> Void = { _ in }
  ) -> JournalEntry {
    var entry = JournalEntry(time: time, event: event, process: process)
    entry.host = host
    fill(&entry)
    return entry
  }

  private static func progress(
    _ time: Double, _ stage: String, step: Int, loss: Double?, process: Int32 = 1, host: String = "elm",
    remaining: Double? = nil
  ) -> JournalEntry {
    entry(.progress, time, process: process, host: host) {
      ($0.stage, $0.trial, $0.step, $0.total) = (stage, "trial-\(stage)", step, 100)
      ($0.loss, $0.remaining) = (loss, remaining)
    }
  }

  private static func trial(
    _ time: Double, _ name: String, _ status: String = "completed", _ accuracy: Double? = 0.9
  )
    -> JournalEntry
  {
    entry(.trial, time) { ($0.trial, $0.status, $0.accuracy) = (name, status, accuracy) }
  }

  private static func failed(_ time: Double, _ name: String, _ message: String = "disk full") -> JournalEntry
  {
    entry(.failed, time) { ($0.trial, $0.message) = (name, message) }
  }

  private func view(_ entries: [JournalEntry]) -> RunView {
    var view = RunView()
    for entry in entries { view.take(entry) }
    return view
  }

  @Test func stagesOfSeveralProcessesAreUnderWay() throws {
    let view = view([
      Self.entry(.began, 100) { $0.trials = 6 }, Self.entry(.began, 100, process: 1, host: "oak"),
      Self.entry(.started, 100) { ($0.stage, $0.trial) = ("a", "trial-a") },
      Self.progress(102, "a", step: 10, loss: 2, remaining: 60),
      Self.progress(104, "a", step: 30, loss: 1.5, remaining: 50),
      Self.progress(104, "b", step: 5, loss: nil, host: "oak", remaining: 80),
    ])
    #expect(view.stages.map(\.key) == ["a", "b"] && view.trials == 6)
    let first = try #require(view.stages.first)
    #expect(first.worker == RunView.Worker(host: "elm", process: 1) && first.trial == "trial-a")
    #expect(first.step == 30 && first.total == 100 && first.loss == 1.5 && first.rate == 10)
    #expect(first.losses.steps == [10, 30] && first.losses.losses == [2, 1.5])
    #expect(view.stages[1].rate == nil && view.rate == 10 && view.isAtWork)
    #expect(view.workersAtWork.map(\.host) == ["elm", "oak"])
    // By the slowest, less the time that has passed since it told.
    #expect(view.remaining(at: 114) == 70 && view.remaining(at: 1000) == 0)
  }

  @Test func whatIsOverIsNotUnderWay() {
    var view = view([
      Self.progress(1, "a", step: 10, loss: 2), Self.progress(1, "b", step: 10, loss: 2, process: 2),
      Self.entry(.stage, 5) { ($0.stage, $0.steps, $0.seconds) = ("a", 100, 4) },
    ])
    #expect(view.stages.map(\.key) == ["b"] && view.madeStages == 1 && view.madeSteps == 100)
    #expect(view.madeSeconds == 4 && view.made.map(\.losses.steps) == [[10]])
    view.take(Self.entry(.ended, 6, process: 2) { $0.status = "interrupted" })
    #expect(view.stages.isEmpty && view.workersAtWork.map(\.process) == [1])
    view.take(Self.entry(.ended, 6))
    #expect(!view.isAtWork && view.remaining(at: 6) == nil)
  }

  /// A process that was killed says nothing of its end.
  @Test func theDeadAreNotUnderWay() {
    var view = view([
      Self.progress(100, "a", step: 1, loss: 1), Self.progress(100, "b", step: 1, loss: 1, process: 2),
    ])
    let living: Set = [RunView.Worker(host: "elm", process: 2)]
    view.take(alive: living, at: 105)
    #expect(view.stages.map(\.key) == ["a", "b"])
    view.take(alive: living, at: 115)
    #expect(view.stages.map(\.key) == ["b"] && view.isAtWork)
    view.take(alive: [], at: 115)
    #expect(view.stages.isEmpty && !view.isAtWork)
    // It was only slow.
    view.take(Self.progress(120, "a", step: 2, loss: 1))
    #expect(view.stages.map(\.key) == ["a"] && view.isAtWork)
    // The same number comes again with another run.
    view.take(Self.entry(.began, 130))
    #expect(view.stages.isEmpty && view.isAtWork)
  }

  @Test func trialsAreCountedOnce() {
    var view = view([
      Self.entry(.began, 1) { $0.trials = 5 }, Self.trial(2, "a"), Self.trial(3, "b", "collapsed", 0.1),
      Self.trial(4, "a"),
    ])
    view.take(storedTrials: ["a", "c"])
    #expect(view.done == 3 && view.left == 2 && view.count(.collapsed) == 1)
    #expect(view.finished.map(\.trial) == ["b", "a"] && view.finished[0].accuracy == 0.1)
    // Files of a sweep that was larger.
    view.take(storedTrials: (0..<10).map { "t\($0)" })
    #expect(view.left == 0)
  }

  @Test func whatFailedIsToldUntilItIsDone() {
    var view = view([Self.failed(1, "a"), Self.failed(2, "b"), Self.failed(3, "a", "again")])
    // A trial that failed may have left a file.
    view.take(storedTrials: ["a"])
    #expect(
      view.failures.map(\.trial) == ["b", "a"] && view.failures[1].message == "again" && view.done == 0)
    view.take(Self.trial(4, "a"))
    #expect(view.failures.map(\.trial) == ["b"] && view.done == 1)
    view.take(Self.failed(5, "a"))
    #expect(view.done == 0 && view.failures.count == 2)
  }

  @Test func whatIsKeptIsBounded() {
    var view = RunView()
    for number in 0..<3000 {
      view.take(Self.trial(1, "t\(number)"))
      view.take(
        Self.entry(.warning, 1, process: Int32(number)) { $0.message = String(repeating: "m", count: 9000) })
      view.take(Self.progress(1, "s\(number)", step: 1, loss: 1))
      view.take(Self.failed(1, "f\(number)"))
    }
    #expect(view.done == 3000 && view.finished.count == 400 && view.failures.count == 400)
    #expect(view.warnings.count == 400 && view.warningCount == 3000 && view.warnings[0].message.count == 2000)
    #expect(view.stages.count == 1024)
  }

  /// A journal that anybody may have written to.
  @Test func oddNumbersDoNoHarm() {
    var view = RunView()
    for event in JournalEntry.Event.allCases {
      for number in [Int.min, -1, 0, Int.max] {
        for value in [-Double.greatestFiniteMagnitude, -1, 0, 1e300] {
          view.take(
            Self.entry(event, abs(value) > 1e10 ? value : 5, process: .min) {
              ($0.stage, $0.trials, $0.steps, $0.step, $0.total) = ("s", number, number, number, number)
              ($0.seconds, $0.loss, $0.remaining, $0.accuracy) = (value, value, value, value)
            })
          view.take(
            Self.entry(event, 5, process: .max) {
              ($0.stage, $0.trials, $0.steps, $0.step, $0.total) = ("s", number, number, number, number)
              ($0.seconds, $0.loss, $0.remaining, $0.accuracy) = (value, value, value, value)
              $0.message = "\u{1B}[2J\n\u{0}"
            })
          let lines = view.lines(of: "odd\u{1B}", at: -value, width: 40, height: 20, color: false)
          #expect(lines.allSatisfy { !$0.unicodeScalars.contains("\u{1B}") && !$0.contains("\n") })
          #expect(JSON(parsing: JSON.object(view.members(of: "odd", at: value))) != nil)
        }
      }
    }
    #expect((view.heard ?? -1) < 1e11)
  }

  @Test func readingAnewKeepsThePlan() {
    var view = view([Self.entry(.began, 1) { $0.trials = 5 }, Self.trial(2, "a"), Self.failed(3, "b")])
    view.beginAnew()
    #expect(view.trials == 5 && view.done == 0 && view.failures.isEmpty && view.heard == nil)
  }

  private var busy: RunView {
    view([
      Self.entry(.began, 1) { $0.trials = 4 }, Self.trial(2, "dense-seed0", "completed", 0.9731),
      Self.trial(3, "snip-seed0", "collapsed", nil), Self.failed(4, "random-seed0", "disk full\nreally"),
      Self.progress(100, "a", step: 10, loss: 2, remaining: 130),
      Self.progress(110, "a", step: 90, loss: 0.25, remaining: 120),
    ])
  }

  @Test func aTerminalShowsWhatThereIs() {
    let lines = busy.lines(of: "quickstart", at: 110, width: 90, height: 30, color: false)
    #expect(
      lines == [
        "quickstart: 2 of 4 trials done (1 collapsed), 1 failed, 2 left",
        "██████████░░░░░░░░░░  2/4 trials  50 %  2 min 00 s left  8 steps/s", "", "at work",
        "  elm:1  trial-a  90/100  8.0/s  loss 0.250  █▁", "", "failed",
        "  random-seed0: disk full really", "", "done last", "  snip-seed0  collapsed",
        "  dense-seed0  completed  97.31 %",
      ])
    #expect(
      busy.sentence(of: "quickstart", at: 110)
        == "quickstart: 2 of 4 trials done (1 collapsed), 1 failed, 2 left; 1 stage at work, 8 steps/s, 2 min 00 s left"
    )
  }

  @Test(arguments: [10, 24, 40, 80, 200], [1, 5, 8, 24]) func noScreenIsExceeded(width: Int, height: Int) {
    let lines = busy.lines(of: "quickstart", at: 110, width: width, height: height, color: false)
    #expect(lines.count <= height)
    #expect(lines.allSatisfy { $0.count <= max(width, 12) }, "\(lines)")
  }

  @Test func colorsAddNothingButEscapes() {
    let plain = busy.lines(of: "q", at: 110, width: 80, height: 30, color: false)
    let colored = busy.lines(of: "q", at: 110, width: 80, height: 30, color: true)
    #expect(colored.map { $0.replacing(/\u{1B}\[[0-9]*m/, with: "") } == plain && colored != plain)
  }

  @Test func aProgramReadsTheSame() throws {
    let json = try #require(JSON(parsing: JSON.object(busy.members(of: "quickstart", at: 110))))
    guard case .integer(2)? = json["done"], case .integer(4)? = json["planned"],
      case .list(let stages)? = json["stages"],
      case .list(let losses)? = stages.first?["losses"]
    else {
      Issue.record("\(json.text)")
      return
    }
    #expect(stages.count == 1 && losses.count == 2)
    #expect(json["schema_version"]?.text == "1" && json["remaining"]?.text == "120.0")
  }
}

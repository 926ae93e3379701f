import CoppiceLaboratory
import CoppiceStore
import Testing

/// A journal of our own making.
struct WrittenJournal {
  private(set) var entries: [JournalEntry] = []

  mutating func add(
    _ event: JournalEntry.Event, at time: Double, process: Int32 = 1, host: String = "elm",
    _ fill: (inout JournalEntry) -> Void = { _ in }
  ) {
    var entry = JournalEntry(time: time, event: event, process: process)
    entry.host = host
    fill(&entry)
    entries.append(entry)
  }

  /// A stage is over.
  mutating func end(
    _ stage: any Stage, at time: Double, steps: Int, seconds: Double, failure: String? = nil,
    process: Int32 = 1, host: String = "elm"
  ) {
    add(.stage, at: time, process: process, host: host) {
      ($0.stage, $0.steps, $0.seconds) = (stage.key.hexadecimal, steps, seconds)
      $0.message = failure
    }
  }

  func history(threads: Int? = nil) -> StageHistory { StageHistory(entries, threads: threads) }
}

@Suite struct StageHistoryTests {
  private let dense = Node("dense", steps: 100)
  private let sparse = Node("sparse", steps: 100)

  @Test func whatSeveralRunsSpentOnAStageAddsUp() {
    var journal = WrittenJournal()
    journal.end(dense, at: 10, steps: 30, seconds: 3, failure: "no disk")
    journal.end(dense, at: 100, steps: 70, seconds: 14, process: 2)
    let history = journal.history()
    #expect(history[dense] == StageHistory.Spending(steps: 100, seconds: 17, completions: 1))
    #expect(history[sparse] == StageHistory.Spending())
    #expect(!history.isEmpty && StageHistory.none.isEmpty)
  }

  @Test func whatAKilledRunToldLastCounts() {
    var journal = WrittenJournal()
    for (time, steps) in [(12.0, 20), (14, 40)] {
      journal.add(.progress, at: time) {
        ($0.stage, $0.steps, $0.seconds) = (dense.key.hexadecimal, steps, time - 10)
      }
    }
    #expect(journal.history()[dense] == StageHistory.Spending(steps: 40, seconds: 4))
    // Another run under the same number makes the rest.
    journal.add(.began, at: 50)
    journal.end(dense, at: 60, steps: 60, seconds: 6)
    #expect(journal.history()[dense] == StageHistory.Spending(steps: 100, seconds: 10, completions: 1))
  }

  @Test func numbersThatNoRunHasWrittenArePassedOver() {
    var journal = WrittenJournal()
    for seconds in [-1, .infinity, .nan, 1e300] { journal.end(dense, at: 10, steps: 10, seconds: seconds) }
    for steps in [-1, Int.max, Int.min] { journal.end(dense, at: 10, steps: steps, seconds: 1) }
    for time in [Double.nan, -5, 1e300] { journal.end(dense, at: time, steps: 10, seconds: 1) }
    journal.add(.stage, at: 1)
    journal.add(.started, at: 1)
    journal.add(.progress, at: 1) { ($0.stage, $0.seconds) = (dense.key.hexadecimal, 1) }
    journal.add(.ended, at: 1) { $0.status = "completed" }
    #expect(journal.history()[dense] == StageHistory.Spending())
    #expect(journal.history().pause == nil)
    // Sums stay numbers.
    for time in 0..<10 { journal.end(dense, at: Double(time), steps: 1_000_000_000_000, seconds: 1e8) }
    journal.add(.began, at: 20) { ($0.cores, $0.threads) = (.min, .max) }
    journal.end(dense, at: 20, steps: 1, seconds: 1)
    #expect(journal.history()[dense].seconds.isFinite)
  }

  @Test func runsOfOtherThreadsAreNoMeasure() {
    var journal = WrittenJournal()
    journal.add(.began, at: 0) { $0.threads = 2 }
    journal.end(dense, at: 10, steps: 100, seconds: 10)
    journal.add(.began, at: 20, process: 2) { $0.threads = 1 }
    journal.end(dense, at: 38, steps: 100, seconds: 18, process: 2)
    #expect(journal.history(threads: 1)[dense].seconds == 18)
    #expect(journal.history(threads: 2)[dense].seconds == 10)
    #expect(journal.history()[dense].seconds == 28)
  }

  @Test func stagesThatSharedCoresCountAsIfTheyHadNot() {
    var journal = WrittenJournal()
    for process in Int32(1)...4 { journal.add(.began, at: 100, process: process) { $0.cores = 2 } }
    let stages = (0..<4).map { Node("\($0)", steps: 10) }
    // Four for 8 seconds; then two go on for 2 seconds, each on a core.
    for (place, stage) in stages.enumerated() {
      let seconds = place < 2 ? 8.0 : 10
      journal.end(stage, at: 110 + seconds, steps: 10, seconds: seconds, process: Int32(place + 1))
    }
    // Another machine has cores of its own.
    journal.end(dense, at: 118, steps: 100, seconds: 8, host: "oak")
    let history = journal.history()
    #expect(stages.map { history[$0].seconds } == [4, 4, 6, 6])
    #expect(history[dense].seconds == 8)
  }

  @Test func timeBetweenStagesIsThatOfAWorker() {
    var journal = WrittenJournal()
    func start(_ time: Double, _ process: Int32 = 1) {
      journal.add(.started, at: time, process: process) { $0.stage = dense.key.hexadecimal }
    }
    journal.add(.began, at: 0)
    journal.add(.began, at: 0, process: 2)
    start(1)
    start(1, 2)
    journal.end(dense, at: 2, steps: 1, seconds: 1)
    start(2.25)
    // The other has nothing to do for a while.
    journal.end(dense, at: 3, steps: 1, seconds: 2, process: 2)
    journal.end(dense, at: 4, steps: 1, seconds: 1.75)
    start(4.5)
    start(9, 2)
    journal.end(dense, at: 10, steps: 1, seconds: 1)
    journal.add(.trial, at: 10.5)
    journal.add(.ended, at: 11) { $0.status = "completed" }
    journal.add(.ended, at: 30, process: 2) { $0.status = "interrupted" }
    let history = journal.history()
    #expect(history.pause == 0.5)
    #expect(history.closing == 1)
  }
  /// `work` runs stages and puts trials together in a run of its own, or leaves that to another worker.
  @Test func closingIsThatOfWhoeverPutTheTrialsTogether() {
    var journal = WrittenJournal()
    for process in [1, 2] as [Int32] {
      journal.add(.began, at: 0, process: process)
      journal.add(.started, at: 1, process: process) { $0.stage = dense.key.hexadecimal }
      journal.end(dense, at: 2, steps: 1, seconds: 1, process: process)
      journal.add(.ended, at: 2.125, process: process) { $0.status = "completed" }
    }
    journal.add(.began, at: 3, process: 2)
    journal.add(.trial, at: 4, process: 2)
    journal.add(.ended, at: 6, process: 2) { $0.status = "completed" }
    #expect(journal.history().closing == 4)
    // The last job of a launch runs no stage.
    var other = WrittenJournal()
    other.add(.began, at: 10)
    other.add(.trial, at: 11)
    other.add(.ended, at: 13) { $0.status = "completed" }
    #expect(other.history().closing == 3)
  }

  /// Processes of containers share numbers: the next may come hours later.
  @Test func anotherProcessOfTheSameNumberBeginsAnew() {
    var journal = WrittenJournal()
    journal.add(.began, at: 0)
    journal.add(.started, at: 1) { $0.stage = dense.key.hexadecimal }
    journal.end(dense, at: 2, steps: 1, seconds: 1)
    journal.add(.began, at: 1_000)
    journal.add(.trial, at: 1_001)
    journal.add(.ended, at: 1_003) { $0.status = "completed" }
    #expect(journal.history().closing == 3)
  }
}

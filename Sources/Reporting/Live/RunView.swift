import CoppiceStore

/// How an experiment stands while processes work on it, from what they write into its journal.
///
/// It takes in entries in any number and of any contents, and what it keeps is bounded: some hundred points of a loss, some hundred
/// trials and failures. Counts are whole.
package struct RunView: Sendable {
  /// A process that works, or has worked, on the experiment.
  package struct Worker: Hashable, Sendable {
    package let host: String
    package let process: Int32

    package init(host: String, process: Int32) { (self.host, self.process) = (host, process) }
  }

  /// A trial that has its results.
  package struct Finished: Hashable, Sendable {
    package let trial: String
    package let status: String
    /// The test accuracy of its last network, 0…1.
    package let accuracy: Double?
    package let time: Double
  }

  /// What a process told a reader of.
  package struct Remark: Hashable, Sendable {
    package let trial: String
    package let message: String
    package let worker: Worker
    package let time: Double
  }

  /// A stage that is over.
  package struct Made: Hashable, Sendable {
    package let trial: String
    package let losses: LossSeries
    package let time: Double
  }

  private struct WorkerState: Sendable {
    var heard: Double
    var remaining: Double?
    var isOver = false
  }

  private static let mostTrials = 1 << 18
  private static let mostListed = 400
  private static let mostMade = 12
  private static let mostWorkers = 4096
  private static let longestText = 2000
  /// Seconds without a word after which a process without a lease counts as gone.
  private static let patience = 10.0

  /// Trials in the plan; `nil` where no entry told it.
  package private(set) var trials: Int?
  /// The trials that ended last, the latest at the end.
  package private(set) var finished: [Finished] = []
  /// What failed and was not done later, the latest at the end.
  package private(set) var failures: [Remark] = []
  package private(set) var warnings: [Remark] = []
  /// All warnings, those that are no longer listed included.
  package private(set) var warningCount = 0
  /// Stages that ended last, of which losses are known, the latest at the end.
  package private(set) var made: [Made] = []
  /// Stages that were made, the optimizer steps that went into them, and the seconds.
  package private(set) var madeStages = 0
  package private(set) var madeSteps = 0.0
  package private(set) var madeSeconds = 0.0
  /// When anything was last written, in seconds since 1970.
  package private(set) var heard: Double?
  private var statusOfTrial: [String: String] = [:]
  private var failedTrials: Set<String> = []
  private var storedTrials: Set<String> = []
  private var workers: [Worker: WorkerState] = [:]
  private var alive: Set<Worker> = []
  private var underWay: [Worker: [String: StageActivity]] = [:]

  /// A view of an experiment of which nothing is known yet.
  package init() {}

  /// A text of the journal, not longer than it can be shown.
  static func cut(_ text: String) -> String { String(text.prefix(longestText)) }

  // MARK: What is known

  /// Trials that have their results, good or bad.
  package var done: Int {
    statusOfTrial.count + storedTrials.count { statusOfTrial[$0] == nil && !failedTrials.contains($0) }
  }

  /// Trials of the plan without results.
  package var left: Int? { trials.map { max(0, $0 - done) } }

  /// How many trials ended so, of those that the journal tells of.
  package func count(_ status: TrialStatus) -> Int { statusOfTrial.values.count { $0 == status.rawValue } }

  /// The stages at work, those that began first at the beginning.
  package var stages: [StageActivity] {
    underWay.values.flatMap(\.values).sorted { ($0.began, $0.key) < ($1.began, $1.key) }
  }

  /// Optimizer steps a second of all that is at work; `nil` where none is known.
  package var rate: Double? {
    let rates = stages.compactMap(\.rate)
    return rates.isEmpty ? nil : rates.reduce(0, +)
  }

  /// The processes that are at work.
  package var workersAtWork: [Worker] {
    workers.filter { !$0.value.isOver }.map(\.key).sorted { ($0.host, $0.process) < ($1.host, $1.process) }
  }

  /// Whether a process is at work.
  package var isAtWork: Bool { !alive.isEmpty || !workersAtWork.isEmpty }

  /// Seconds until all is done, by what the slowest process told; `nil` where none did.
  package func remaining(at now: Double) -> Double? {
    workers.values.filter { !$0.isOver }.compactMap { state in
      state.remaining.map { max(0, $0 - max(0, now - state.heard)) }
    }.max()
  }

  // MARK: What happens

  /// Takes in an entry of the journal.
  package mutating func take(_ entry: JournalEntry) {
    // What a line says may be no time at all.
    guard (0..<1e11).contains(entry.time) else { return }
    heard = max(heard ?? 0, entry.time)
    let worker = Worker(host: String((entry.host ?? "").prefix(100)), process: entry.process)
    note(worker, at: entry.time)
    let trial = Self.cut(entry.trial ?? "")
    switch entry.event {
    case .began:
      if let trials = entry.trials, trials >= 0 { self.trials = trials }
      workers[worker] = WorkerState(heard: entry.time)
      underWay[worker] = nil
    case .started: start(entry, by: worker)
    case .progress:
      workers[worker]?.remaining = entry.remaining.flatMap { (0..<1e11).contains($0) ? $0 : nil }
      if let key = entry.stage.map(Self.key) {
        if underWay[worker]?[key] == nil { start(entry, by: worker) }
        underWay[worker]?[key]?.take(entry)
      }
    case .stage: end(entry, by: worker)
    case .trial: finish(trial, entry)
    case .failed:
      failures.removeAll { $0.trial == trial }
      Self.add(remark(entry, by: worker), to: &failures)
      if failedTrials.count < Self.mostTrials { failedTrials.insert(trial) }
      statusOfTrial[trial] = nil
    case .warning:
      warningCount += 1
      Self.add(remark(entry, by: worker), to: &warnings)
    case .ended:
      workers[worker]?.isOver = true
      underWay[worker] = nil
    }
  }

  /// Takes in which trials have files. The journal need not tell of all: a run before may have made them.
  package mutating func take(storedTrials names: [String]) {
    storedTrials = Set(names.prefix(Self.mostTrials))
  }

  /// Takes in which processes hold a lease. What others had begun that have not been heard of lately is not at work any more.
  package mutating func take(alive: Set<Worker>, at now: Double) {
    self.alive = alive
    for (worker, state) in workers where !state.isOver && !alive.contains(worker) {
      guard now - state.heard > Self.patience else { continue }
      workers[worker]?.isOver = true
      underWay[worker] = nil
    }
  }

  /// Forgets what the journal told, for it is read from its beginning.
  package mutating func beginAnew() {
    let (trials, storedTrials, alive) = (trials, storedTrials, alive)
    self = RunView()
    (self.trials, self.storedTrials, self.alive) = (trials, storedTrials, alive)
  }

  private static func key(_ text: String) -> String { String(text.prefix(64)) }

  private mutating func note(_ worker: Worker, at time: Double) {
    if workers[worker] == nil, workers.count >= Self.mostWorkers,
      let oldest = workers.min(by: { $0.value.heard < $1.value.heard })?.key
    {
      workers[oldest] = nil
      underWay[oldest] = nil
    }
    workers[worker, default: WorkerState(heard: time)].heard = time
  }

  private mutating func start(_ entry: JournalEntry, by worker: Worker) {
    // No process has so many threads.
    guard let key = entry.stage.map(Self.key), underWay[worker, default: [:]].count < 1024 else { return }
    workers[worker]?.isOver = false
    underWay[worker, default: [:]][key] = StageActivity(key: key, worker: worker, entry)
  }

  private mutating func end(_ entry: JournalEntry, by worker: Worker) {
    guard let key = entry.stage.map(Self.key) else { return }
    madeStages += 1
    madeSteps += Double(max(0, entry.steps ?? 0))
    if let seconds = entry.seconds, (0..<1e11).contains(seconds) { madeSeconds += seconds }
    guard let stage = underWay[worker]?.removeValue(forKey: key), !stage.losses.steps.isEmpty else { return }
    made.append(Made(trial: stage.trial, losses: stage.losses, time: entry.time))
    if made.count > Self.mostMade { made.removeFirst() }
  }

  private mutating func finish(_ trial: String, _ entry: JournalEntry) {
    let status = String((entry.status ?? "").prefix(40))
    guard statusOfTrial.count < Self.mostTrials || statusOfTrial[trial] != nil else { return }
    failures.removeAll { $0.trial == trial }
    failedTrials.remove(trial)
    statusOfTrial[trial] = status
    finished.removeAll { $0.trial == trial }
    finished.append(
      Finished(
        trial: trial, status: status, accuracy: entry.accuracy.flatMap { (0...1).contains($0) ? $0 : nil },
        time: entry.time))
    if finished.count > Self.mostListed { finished.removeFirst() }
  }

  private func remark(_ entry: JournalEntry, by worker: Worker) -> Remark {
    Remark(
      trial: Self.cut(entry.trial ?? ""), message: Self.cut(entry.message ?? ""), worker: worker,
      time: entry.time)
  }

  private static func add(_ remark: Remark, to remarks: inout [Remark]) {
    remarks.append(remark)
    if remarks.count > mostListed { remarks.removeFirst() }
  }
}

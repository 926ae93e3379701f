import CoppiceStore

/// Reads a journal entry by entry, and takes runs apart that wrote at the same time.
struct HistoryReading {
  /// What one run did for one stage.
  struct Share {
    let stage: String
    let host: String
    /// When it was over, in seconds since 1970, and how long it took.
    let end: Double
    let seconds: Double
    let steps: Int
    /// Whether it came to its end without an error.
    let isWhole: Bool
    let threads: Int
    /// Cores of the machine; `nil` where the run does not say.
    let cores: Int?
  }

  private struct Process: Hashable {
    let number: Int32
    let host: String
  }

  private struct Run {
    var threads = 1
    var cores: Int?
    /// Whether it ran with as many threads as are asked for.
    var counts = true
    /// The last that was heard of each stage at work.
    var open: [String: JournalEntry] = [:]
    /// When workers became free that have no new stage yet.
    var free: [Double] = []
  }

  private let threads: Int?
  private var runs: [Process: Run] = [:]
  private(set) var shares: [Share] = []
  /// Seconds from the end of a stage to the beginning of the worker's next.
  private(set) var pauses: [Double] = []
  /// When the last stage of each process was over, or its first run began, what passed from then to the end of its last run, and which
  /// of them put trials together: `work` does so in a run of its own, and other workers do not.
  private var lastEnds: [Process: Double] = [:]
  private var closing: [Process: Double] = [:]
  private var assemblers: Set<Process> = []

  /// - Parameter threads: threads that share each kernel; `nil` for any.
  init(threads: Int?) { self.threads = threads }

  /// Seconds from the last stage of a process to the end of its last run, of those that put trials together.
  var closings: [Double] { assemblers.compactMap { closing[$0] } }

  /// Takes in the next entry.
  mutating func take(_ entry: JournalEntry) {
    guard Self.times.contains(entry.time) else { return }
    let process = Process(number: entry.process, host: entry.host ?? "")
    switch entry.event {
    case .began:
      close(process)
      var run = Run()
      run.cores = entry.cores.flatMap(Self.counts)
      run.threads = entry.threads.flatMap(Self.counts) ?? 1
      run.counts = threads == nil || entry.threads == nil || entry.threads == threads
      runs[process] = run
      if entry.time - (lastEnds[process] ?? -.infinity) > Self.longestBreak { lastEnds[process] = entry.time }
    case .started:
      guard let stage = entry.stage else { return }
      // Of several workers, the one that became free last takes the next stage: the others had nothing to do.
      if let end = runs[process]?.free.popLast(), let gap = Self.duration(entry.time - end) {
        pauses.append(gap)
      }
      runs[process, default: Run()].open[stage] = entry
    case .progress:
      guard let stage = entry.stage, entry.seconds != nil else { return }
      runs[process, default: Run()].open[stage] = entry
    case .stage:
      guard let stage = entry.stage else { return }
      // Of a journal whose beginning is gone, the run may be new.
      runs[process, default: Run()].open[stage] = nil
      add(entry, stage, to: process, isWhole: entry.message == nil)
      runs[process]?.free.append(entry.time)
      (lastEnds[process], closing[process]) = (entry.time, nil)
    case .ended:
      if entry.status == "completed", let last = lastEnds[process] {
        closing[process] = Self.duration(entry.time - last)
      }
      close(process)
    case .trial: assemblers.insert(process)
    case .failed, .warning: break
    }
  }

  /// There are no more entries: what runs were at work on is as far as they told.
  mutating func end() {
    for process in runs.keys.sorted(by: { ($0.host, $0.number) < ($1.host, $1.number) }) { close(process) }
  }

  /// A run is over, or another has its number.
  private mutating func close(_ process: Process) {
    guard let run = runs[process] else { return }
    for (stage, entry) in run.open.sorted(by: { $0.key < $1.key }) {
      add(entry, stage, to: process, isWhole: false)
    }
    runs[process] = nil
  }

  private mutating func add(_ entry: JournalEntry, _ stage: String, to process: Process, isWhole: Bool) {
    guard let run = runs[process], run.counts, let seconds = entry.seconds.flatMap(Self.duration),
      let steps = entry.steps, (0...Self.mostSteps).contains(steps)
    else { return }
    shares.append(
      Share(
        stage: stage, host: process.host, end: entry.time, seconds: seconds, steps: steps, isWhole: isWhole,
        threads: run.threads, cores: run.cores))
  }

  // MARK: What can be

  private static let times = 0..<1e11
  /// Seconds between two runs of one process. Containers give the same number to processes that have nothing to do with each other.
  private static let longestBreak = 60.0
  private static let mostSteps = 1_000_000_000_000

  private static func duration(_ seconds: Double) -> Double? { (0...1e8).contains(seconds) ? seconds : nil }

  private static func counts(_ number: Int) -> Int? { (1...1_000_000).contains(number) ? number : nil }

  // MARK: Sharing of cores

  /// The seconds that each share would have taken on cores of its own: stages at work at the same time on a host share its cores.
  var undisturbedSeconds: [Double] {
    var seconds = shares.map(\.seconds)
    for (_, places) in Dictionary(grouping: shares.indices, by: { shares[$0].host }) {
      let loads = Self.loads(places.map { shares[$0] })
      for (cores, places) in Dictionary(grouping: places, by: { shares[$0].cores }) {
        guard let cores, loads.contains(where: { $0.threads > cores }) else { continue }
        // Work that a task could have done up to each moment.
        var (work, before) = (0.0, (time: loads[0].time, threads: 0))
        var done: [Double: Double] = [:]
        for load in loads {
          work += (load.time - before.time) * min(1, Double(cores) / Double(max(1, before.threads)))
          done[load.time] = work
          before = load
        }
        for place in places {
          let share = shares[place]
          guard let last = done[share.end], let first = done[share.end - share.seconds] else { continue }
          seconds[place] = min(share.seconds, max(0, last - first))
        }
      }
    }
    return seconds
  }

  /// How many threads are at work from each moment on.
  private static func loads(_ shares: [Share]) -> [(time: Double, threads: Int)] {
    var changes: [Double: Int] = [:]
    for share in shares {
      changes[share.end - share.seconds, default: 0] += share.threads
      changes[share.end, default: 0] -= share.threads
    }
    var threads = 0
    return changes.sorted { $0.key < $1.key }.map { time, change in
      threads += change
      return (time, threads)
    }
  }
}

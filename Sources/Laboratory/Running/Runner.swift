import CoppiceStore
import CoppiceTerms
import Foundation
import Synchronization

/// Runs a sweep: the stages that are missing, each once, several at a time; then the trial files and the summary.
///
/// Stages run on threads of their own, as many as there are jobs, and one more writes trial files. A failed trial does not stop
/// the others; a request for an end stops them all after a checkpoint, and the same command goes on from there.
package final class Runner: Sendable {
  /// How a run is done; nothing here changes a result.
  package struct Options: Sendable {
    /// Stages that run side by side.
    package var jobs = 1
    /// Threads that share each kernel of a stage.
    package var threads = 1
    /// Whether stored stages and trials are computed anew.
    package var isFresh = false
    /// Whether a summary may be replaced by one with fewer finished rows.
    package var isForced = false
    /// Seconds between checkpoints of a training.
    package var checkpointInterval = 30.0
    /// Seconds without a sign of life after which other runs take over what this one was at work on.
    package var leaseExpiry = 60.0

    package init() {}
  }

  private let plan: SweepPlan
  private let distinctions: [Distinction]
  private let results: ResultsFolder
  private let library: DataLibrary
  private let interruption: Interruption
  private let options: Options
  private let provenance: Provenance
  private let writer: SummaryWriter
  private let observe: @Sendable (RunEvent) -> Void
  private let journal: Journal
  private let costs = NetworkCostTable()
  private let outputs: RecentStages
  private let queue: WorkQueue
  private let leases: StageLeases
  private let maker: StageMaker
  private let clock: RunClock
  /// The first trial that waits for each stage.
  private let trialOfStage: [Int: String]
  private let outcomes: RunOutcomes
  private let sinceSummary = Mutex(Stopwatch())

  /// A run of a plan.
  ///
  /// - Parameters:
  ///   - curves: makes the default plot of the summary from its rows.
  ///   - observe: told what happens, from any thread.
  /// - Throws: `StoreError` where the folder cannot be written, or where a summary lies there that cannot be replaced, before
  ///   anything is computed.
  package init(
    _ plan: SweepPlan, results: ResultsFolder, library: DataLibrary, provenance: Provenance,
    interruption: Interruption = Interruption(), options: Options = Options(),
    curves: @escaping @Sendable ([IndexRow]) -> SummaryCurves? = { _ in nil },
    observe: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) throws {
    let plan = plan.keepingNames(of: results.trials(of: plan.name))
    self.plan = plan
    let distinctions = plan.distinctions
    self.distinctions = distinctions
    self.results = results
    outputs = RecentStages(results.stages)
    self.library = library
    self.provenance = provenance
    self.interruption = interruption
    self.options = options
    writer = SummaryWriter(
      plan: plan, results: results, library: library, provenance: provenance, curves: curves,
      observe: observe)
    self.observe = observe
    journal = try Journal(results.journal(of: plan.name))
    if !options.isForced { try writer.checkOwner() }
    results.stages.removeLeftovers()
    results.removeLeftovers(of: plan.name)
    let finished = try TrialReuse.finished(
      plan, in: results, distinctions: distinctions, observe: observe)
    let reused = options.isFresh ? [:] : finished
    queue = WorkQueue(
      plan.stages, trials: plan.trials.map(\.results), finished: Set(reused.keys),
      ending: { key in
        // A stored stage that cannot be read is computed again.
        guard !options.isFresh, let record = try? results.stages.read(key.hexadecimal) else { return nil }
        return .some(record.outcome.ending)
      })
    leases = StageLeases(results.stages, expiry: options.leaseExpiry)
    maker = StageMaker(
      plan.stages, outputs: outputs, leases: leases, interruption: interruption, isFresh: options.isFresh,
      observe: observe)
    clock = RunClock(plan.stages, toRun: queue.stagesToRun, jobs: options.jobs)
    trialOfStage = plan.firstTrials(without: Set(reused.keys))
    if options.isFresh { for stage in plan.stages { results.stages.removeCheckpoint(stage.key.hexadecimal) } }
    outcomes = RunOutcomes(plan, distinctions: distinctions, finished: reused)
  }

  /// Does the work and returns when it is done or stopped.
  /// What went wrong with single trials, and with the summary, is in the report.
  package func run() -> RunReport {
    let work = queue.outline
    observe(
      .began(
        stages: work.stages, steps: work.steps,
        evaluations: queue.stagesToRun.reduce(0) { $0 + plan.stages[$1].work.evaluations },
        reusedStages: work.reused,
        reusedTrials: outcomes.count, trials: plan.trials.count))
    note("began", trials: plan.trials.count)
    // A summary from the beginning says what is to come, to whoever asks after a crash.
    if !FileManager.default.fileExists(atPath: results.summary(of: plan.name)) {
      try? writer.write(outcomes.rows(isOver: false), isForced: false)
    }
    let heartbeat = heartbeat()
    defer { heartbeat.cancel() }
    let workers = DispatchGroup()
    for role in [WorkQueue.Role.assembler] + Array(repeating: .worker, count: max(1, options.jobs)) {
      workers.enter()
      let thread = Thread {
        self.work(role)
        workers.leave()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    workers.wait()
    checkFiles()
    let tables = interruption.isRequested ? [] : analyses.tables()
    var summaryError: StoreError?
    do throws(StoreError) {
      try writer.write(outcomes.rows(isOver: true), analyses: tables, isForced: options.isForced)
    } catch { summaryError = error }
    note("ended", status: interruption.isRequested ? "interrupted" : "completed")
    let names = Set(plan.trials.map(\.name))
    return outcomes.report(
      isInterrupted: interruption.isRequested, summary: results.summary(of: plan.name),
      summaryError: summaryError, orphans: results.trials(of: plan.name).filter { !names.contains($0) },
      outputs: outputs)
  }

  /// Shows other runs that this one lives, until it is cancelled.
  private func heartbeat() -> any DispatchSourceTimer {
    let timer = DispatchSource.makeTimerSource(queue: .global())
    timer.schedule(deadline: .now() + leases.interval, repeating: leases.interval)
    timer.setEventHandler { [leases] in leases.beat() }
    timer.resume()
    return timer
  }

  private var analyses: RunAnalyses {
    RunAnalyses(
      plan: plan, outcomes: outcomes, maker: maker,
      context: StageContext(
        folder: results.stages, recent: outputs, interruption: interruption, costs: costs),
      observe: observe)
  }

  // MARK: Workers

  private func work(_ role: WorkQueue.Role) {
    while !interruption.isRequested, let work = queue.next(role) {
      switch work {
      case .stage(let index):
        let stage = plan.stages[index]
        do {
          switch try maker.make(stage, { context(ofStage: index) }) {
          case .made(let record): end(index, .done(record.outcome.ending))
          case .held: queue.putBack(index, for: maker.pause(for: stage.key))
          }
        } catch is Interrupted {
          queue.close()
        } catch {
          outcomes.keep(error)
          end(index, .failed("\(error)"))
        }
      case .trial(let index, let ending, let failure): assemble(index, ending, failure)
      }
    }
    queue.close(if: interruption.isRequested)
  }

  private func end(_ stage: Int, _ ending: WorkQueue.Ending) {
    for stage in [stage] + queue.finish(stage, ending) {
      clock.ended(stage)
      observe(.ended(stage: stage))
    }
  }

  private func context(ofStage index: Int) -> StageContext {
    clock.began(index)
    let left = queue.leftOnTheWay(of: index)
    return StageContext(
      folder: results.stages, recent: outputs, interruption: interruption,
      checkpointInterval: options.checkpointInterval, threads: options.threads, costs: costs,
      waypoints: left.map { (plan.stages[$0].steps, plan.stages[$0].key) },
      leave: { [outputs, queue, stages = plan.stages] record in
        try outputs.write(record)
        for place in left where stages[place].key.hexadecimal == record.key { queue.leave(place) }
      },
      progress: { [observe, clock, trial = trialOfStage[index] ?? ""] progress in
        clock.made(progress.steps, by: index)
        observe(.progress(stage: index, trial: trial, progress, remaining: clock.remaining))
      })
  }

  private func assemble(_ index: Int, _ ending: TrialStatus?, _ failure: String?) {
    let trial = plan.trials[index]
    var failure = failure
    var outcome: RunOutcomes.Outcome?
    do {
      try restoreStages(ofTrial: index)
      let assembly = TrialAssembly(trial, from: outputs, distinctions: distinctions, costs: costs)
      let record = try assembly.record(
        provenance: provenance.json(data: library.records, seeds: [trial.trial.seed]), ending: ending)
      try TrialFile.write(record, to: results.trial(trial.name, of: plan.name))
      outcome = (record.status, record.rounds.map(\.row))
    } catch is Interrupted {
      return queue.close()
    } catch {
      outcomes.keep(error)
      failure = failure ?? "\(error)"
    }
    if let failure {
      observe(.failed(trial: trial.name, message: failure))
    } else if let outcome {
      observe(.finished(trial: trial.name, status: outcome.status, row: outcome.rows.last))
    }
    note("trial", trial: trial.name, status: outcome?.status.rawValue ?? TrialStatus.failed.rawValue)
    outcomes.add(outcome, ofTrial: index)
    if let failure { outcomes.addFailure(failure, of: trial.name) }
    let isDue = sinceSummary.withLock { watch in
      guard watch.elapsed > 10 else { return false }
      watch = Stopwatch()
      return true
    }
    // A summary in between is a courtesy; the one at the end reports what is wrong with it.
    if isDue { try? writer.write(outcomes.rows(isOver: false), isForced: false) }
  }

  /// Makes again what is gone of the outputs that a trial is put together from.
  private func restoreStages(ofTrial index: Int) throws {
    try maker.restore(
      queue.doneStages(ofTrial: index).map { plan.stages[$0].key },
      StageContext(
        folder: results.stages, recent: outputs, interruption: interruption,
        checkpointInterval: options.checkpointInterval, threads: options.threads, costs: costs))
  }

  /// Says which finished trials have lost their files to somebody who removed them during the run.
  private func checkFiles() {
    for (index, trial) in plan.trials.enumerated() where outcomes.isFinished(index) {
      let path = results.trial(trial.name, of: plan.name)
      guard access(path, F_OK) != 0 else { continue }
      let message = "\(path) was removed during the run; run the command again to write it anew"
      outcomes.addFailure(message, of: trial.name)
      observe(.failed(trial: trial.name, message: message))
    }
  }

  private func note(_ event: String, trial: String? = nil, status: String? = nil, trials: Int? = nil) {
    // The journal tells of progress and holds no results: a run goes on without it.
    try? journal.append(
      JournalEntry(
        time: Date().timeIntervalSince1970, event: event, trial: trial, status: status, trials: trials,
        process: ProcessInfo.processInfo.processIdentifier))
  }
}

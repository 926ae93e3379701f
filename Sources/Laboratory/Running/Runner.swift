import CoppiceAutodiff
import CoppiceStore
import CoppiceTerms
import Foundation
import Synchronization

/// Runs a sweep: the stages that are missing, each once, several at a time; then the trial files and the summary.
///
/// Stages run on threads of their own, as many as there are jobs, and one more writes trial files. Where the system gives fewer
/// threads, the run goes on with those, at the least with the one that asked for it. A failed trial does not stop the others, unless
/// it is to; a request for an end stops them all after a checkpoint, and the same command goes on from there.
package final class Runner: Sendable {
  /// How a run is done; nothing here changes a result.
  package struct Options: Sendable {
    /// What of the plan is done.
    package var scope = RunScope.everything
    /// Stages that run side by side.
    package var jobs = 1
    /// Threads that share each kernel of a stage.
    package var threads = 1
    /// Whether stored stages and trials are computed anew.
    package var isFresh = false
    /// Whether trials are run again that failed before by errors of their own.
    package var retriesFailed = false
    /// Whether the first trial that fails ends the run.
    package var failsFast = false
    /// Whether a summary may be replaced by one with fewer finished rows.
    package var isForced = false
    /// Seconds between checkpoints of a training.
    package var checkpointInterval = 30.0
    /// Seconds without a sign of life after which other runs take over what this one was at work on.
    package var leaseExpiry = 60.0
    /// Bytes of the stack of each thread that runs stages.
    package var stackSize = 8 << 20

    package init() {}
  }

  let plan: SweepPlan
  let distinctions: [Distinction]
  let results: ResultsFolder
  let library: DataLibrary
  let interruption: Interruption
  let options: Options
  let provenance: Provenance
  let writer: SummaryWriter
  let observe: @Sendable (RunEvent) -> Void
  private let journal: RunJournal
  private let lease: RunLease
  let damaged: DamagedFiles
  let costs = NetworkCostTable()
  let outputs: RecentStages
  let queue: WorkQueue
  private let leases: StageLeases
  let maker: StageMaker
  private let clock: RunClock
  /// The first trial that waits for each stage.
  private let trialOfStage: [Int: String]
  let outcomes: RunOutcomes
  /// Since when no summary was begun, and the seconds to the next one.
  let sinceSummary = Mutex((watch: Stopwatch(), pause: 10.0))
  /// Threads that this process had asked for in vain when the run began; `nil` once it was said that there are too few.
  private let refusedThreads = Mutex<Int?>(WorkThread.refused)

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
    // The last few thousand stages tell how fast steps are.
    let lastBytes = 4 << 20
    let history = StageHistory(of: plan.name, in: results, threads: options.threads, last: lastBytes)
    let damagedLines = Journal.damagedLines(in: results.journal(of: plan.name), atMost: lastBytes)
    let journal = try RunJournal(
      results.journal(of: plan.name), stages: plan.stages, jobs: options.jobs, threads: options.threads,
      executable: BegunExecutable.digest(of: plan))
    self.journal = journal
    let observe: @Sendable (RunEvent) -> Void = { event in
      journal.take(event)
      observe(event)
    }
    self.results = results
    let stages = Dictionary(plan.stages.map { ($0.key, $0) }) { first, _ in first }
    let outputs = RecentStages(results.stages) { stages[$0]?.fault(in: $1) }
    self.outputs = outputs
    self.library = library
    self.provenance = provenance
    self.interruption = interruption
    self.options = options
    writer = SummaryWriter(
      plan: plan, results: results, library: library, provenance: provenance, curves: curves,
      observe: observe)
    self.observe = observe
    let damaged = DamagedFiles(results: results, experiment: plan.name, observe: observe)
    self.damaged = damaged
    let scope = options.scope
    if scope.hasTrials, !options.isForced { try writer.checkOwner() }
    if damagedLines > 0 {
      observe(.damagedJournal(file: results.journal(of: plan.name), lines: damagedLines))
    }
    results.stages.removeLeftovers()
    results.removeLeftovers(of: plan.name)
    lease = RunLease(in: results, of: plan.name, expiry: options.leaseExpiry)
    let known =
      scope.hasTrials
      ? try TrialReuse.known(
        plan, in: results, outputs, distinctions: distinctions, withFailures: !options.retriesFailed,
        observe: observe) : TrialReuse.Known()
    let reused = options.isFresh ? TrialReuse.Known() : known
    let done = Set(reused.outcomes.keys)
    let wanted: [[StageKey]] =
      if case .stages(let keys) = scope { [keys.sorted { $0.hexadecimal < $1.hexadecimal }] } else {
        plan.trials.map(\.results)
      }
    queue = WorkQueue(
      plan.stages, trials: wanted, finished: done, handsOutStages: scope != .assembly,
      ending: { key in
        // A stored stage that cannot be read is computed again.
        options.isFresh ? nil : outputs.usableEnding(key, observe: observe)
      })
    leases = StageLeases(results.stages, expiry: options.leaseExpiry)
    maker = StageMaker(
      plan.stages, outputs: outputs, leases: leases, interruption: interruption, isFresh: options.isFresh,
      alone: { [queue] body in try queue.alone(body) }, damaged: { [damaged] in damaged.keep($0) },
      observe: observe)
    clock = RunClock(plan.stages, toRun: queue.stagesToRun, jobs: options.jobs, history: history)
    trialOfStage = plan.firstTrials(without: done)
    if options.isFresh { for stage in plan.stages { results.stages.removeCheckpoint(stage.key.hexadecimal) } }
    outcomes = RunOutcomes(
      plan, distinctions: distinctions, known: reused,
      rest: scope == .assembly ? .pending : .interrupted)
    if scope == .assembly {
      // What failed elsewhere, trials do not wait for.
      for (place, failure) in StageFailures.last(of: plan, in: results) {
        _ = queue.finish(place, .failed(failure))
      }
    }
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
        reusedTrials: outcomes.count - outcomes.failedBefore.count, trials: plan.trials.count))
    if !outcomes.failedBefore.isEmpty { observe(.failedBefore(outcomes.failedBefore)) }
    let hasTrials = options.scope.hasTrials
    // A summary from the beginning says what is to come, to whoever asks after a crash.
    if hasTrials, !FileManager.default.fileExists(atPath: results.summary(of: plan.name)) {
      try? writer.write(outcomes.rows(isOver: false), isForced: false)
    }
    // Shows other runs, and whoever asks for the status, that this one lives.
    let heartbeat = Heartbeat(every: leases.interval) { [leases, lease] in
      leases.beat()
      lease.beat()
    }
    defer { heartbeat.end() }
    workTogether()
    if interruption.reason == .failure { assembleFailed() }
    checkFiles()
    let tables = interruption.isRequested || !hasTrials ? [] : analyses.tables()
    var summaryError: StoreError?
    do throws(StoreError) {
      if hasTrials {
        try writer.write(outcomes.rows(isOver: true), analyses: tables, isForced: options.isForced)
      }
    } catch { summaryError = error }
    let reason = interruption.reason
    journal.end(isInterrupted: reason != nil)
    lease.end()
    let names = Set(plan.trials.map(\.name))
    return outcomes.report(
      interruption: reason, summary: results.summary(of: plan.name),
      summaryError: summaryError, orphans: results.trials(of: plan.name).filter { !names.contains($0) },
      outputs: outputs)
  }

  private var analyses: RunAnalyses {
    RunAnalyses(
      plan: plan, outcomes: outcomes, maker: maker,
      context: StageContext(
        folder: results.stages, recent: outputs, interruption: interruption,
        checkpointInterval: options.checkpointInterval, threads: options.jobs * options.threads, costs: costs,
        passedOver: { [damaged] in damaged.passOver($0) }),
      observe: observe)
  }

  // MARK: Workers

  /// Does all the work of stages and trials, on threads as far as there are any.
  private func workTogether() {
    func thread(_ role: WorkQueue.Role) -> WorkThread? {
      WorkThread(stackSize: options.stackSize) { self.work(role) }
    }
    let workers = (0..<max(1, options.jobs)).compactMap { _ in thread(.worker) }
    // Workers put trials together too.
    let assembler = thread(.assembler)
    tellOfThreads()
    if workers.isEmpty { work(.worker) }
    for thread in workers + [assembler].compactMap({ $0 }) { thread.join() }
  }

  /// Says once that the system gives no more threads.
  private func tellOfThreads() {
    let isNew = refusedThreads.withLock { before in
      guard let count = before, WorkThread.refused > count else { return false }
      before = nil
      return true
    }
    if isNew { observe(.shortOfThreads) }
  }

  private func work(_ role: WorkQueue.Role) {
    while !interruption.isRequested, let work = queue.next(role) {
      defer { queue.handIn() }
      switch work {
      case .stage(let index):
        let stage = plan.stages[index]
        do {
          switch try maker.make(stage, { context(ofStage: index) }) {
          case .made(let record): end(index, .done(record.outcome.ending))
          case .held: queue.putBack(index, for: maker.pause(for: stage.key))
          }
        } catch let end as Interrupted {
          outcomes.keep(end)
          queue.close()
        } catch {
          outcomes.keep(error)
          end(index, .failed(TrialFailure(error)))
        }
      case .trial(let index, let ending, let failure): assemble(index, ending, failure)
      }
    }
    queue.close(if: interruption.isRequested)
  }

  private func end(_ stage: Int, _ ending: WorkQueue.Ending) {
    tellOfThreads()
    let failure: TrialFailure? = if case .failed(let failure) = ending { failure } else { nil }
    // Where trials are put together, each says what failed.
    if let failure, !options.scope.hasTrials {
      outcomes.addFailure(failure.reason, of: trialOfStage[stage] ?? "")
    }
    for (place, stage) in ([stage] + queue.finish(stage, ending)).enumerated() {
      clock.ended(stage)
      observe(.ended(stage: stage, failure: place == 0 ? failure : nil))
    }
    switch ending {
    case .failed, .done(.failed): endAfterFailure()
    case .done, .skipped: break
    }
  }

  /// Ends the run where a failure is to end it.
  func endAfterFailure() {
    guard options.failsFast else { return }
    interruption.requestAfterFailure()
    queue.close(if: interruption.isRequested)
  }

  private func context(ofStage index: Int) -> StageContext {
    clock.began(index)
    observe(.started(stage: index, trial: trialOfStage[index] ?? ""))
    if let remaining = clock.foreseen {
      let progress = StageProgress(total: plan.stages[index].steps)
      observe(.progress(stage: index, trial: trialOfStage[index] ?? "", progress, remaining: remaining))
    }
    let left = queue.leftOnTheWay(of: index)
    let trial = trialOfStage[index] ?? ""
    return StageContext(
      folder: results.stages, recent: outputs, interruption: interruption,
      checkpointInterval: options.checkpointInterval, threads: options.threads, costs: costs,
      waypoints: left.map { place in
        let stage = plan.stages[place]
        return (stage.steps, stage.key, (stage as? TrainingStage)?.keepsMoments ?? false)
      },
      leave: { [outputs, queue, observe, stages = plan.stages] record in
        do throws(StoreError) { try outputs.write(record) } catch {
          // What is not left is made by itself, later.
          return observe(
            .setback(trial: trial, message: "what is left on the way cannot be written: \(error)"))
        }
        for place in left where stages[place].key.hexadecimal == record.key { queue.leave(place) }
      },
      checkpointFailed: { [observe] error in
        observe(.setback(trial: trial, message: "a checkpoint cannot be written: \(error)"))
      },
      progress: { [observe, clock] progress in
        clock.made(progress.steps, by: index)
        observe(.progress(stage: index, trial: trial, progress, remaining: clock.remaining))
      }, passedOver: { [damaged] in damaged.passOver($0) })
  }
}

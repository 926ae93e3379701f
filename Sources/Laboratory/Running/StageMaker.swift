import CoppiceStore
import Foundation
import Synchronization

/// Makes the outputs of the stages of a run, each under its lease, so that of several runs on one folder one makes them.
final class StageMaker: Sendable {
  /// What came of asking for a stage.
  enum Answer {
    /// Its outputs, made now or by another run meanwhile.
    case made(StageRecord)
    /// Another run is at work on it.
    case held
  }

  private struct State {
    /// When a stage was first found held, in seconds of the steady clock.
    var held: [StageKey: TimeInterval] = [:]
    /// The runs that were told of.
    var told: Set<String> = []
  }

  private let stages: [StageKey: any Stage]
  private let outputs: RecentStages
  private let leases: StageLeases
  private let interruption: Interruption
  /// Whether stored outputs are made anew.
  private let isFresh: Bool
  /// Does something while nothing else of this run is done.
  private let alone: @Sendable (() throws -> Answer) throws -> Answer
  /// Keeps a file that stands in the way of a stage's outputs and cannot be read.
  private let damaged: @Sendable (StoreError) -> Void
  private let observe: @Sendable (RunEvent) -> Void
  private let state = Mutex(State())

  init(
    _ stages: [any Stage], outputs: RecentStages, leases: StageLeases, interruption: Interruption,
    isFresh: Bool,
    alone: @escaping @Sendable (() throws -> Answer) throws -> Answer = { try $0() },
    damaged: @escaping @Sendable (StoreError) -> Void = { _ in },
    observe: @escaping @Sendable (RunEvent) -> Void
  ) {
    self.stages = Dictionary(stages.map { ($0.key, $0) }) { first, _ in first }
    (self.outputs, self.leases, self.interruption) = (outputs, leases, interruption)
    (self.isFresh, self.alone, self.damaged, self.observe) = (isFresh, alone, damaged, observe)
  }

  /// Makes a stage, or finds that another run has made it or is about to.
  ///
  /// Where outputs of its parents are gone, because somebody removed the folder of stages, they are made again first.
  ///
  /// - Parameter context: what it is given to work with, asked for when the work begins.
  func make(_ stage: any Stage, _ context: () -> StageContext) throws -> Answer {
    // Who waits to be alone holds no lease, lest somebody waits for that one meanwhile.
    try stage.work.runsAlone ? alone { try makeNow(stage, context) } : makeNow(stage, context)
  }

  private func makeNow(_ stage: any Stage, _ context: () -> StageContext) throws -> Answer {
    if case .held(let holder) = leases.acquire(stage.key.hexadecimal) {
      tell(of: holder, stage.key)
      return .held
    }
    defer { leases.release(stage.key.hexadecimal) }
    // Between the planning and now, another run may have made it.
    do throws(StoreError) {
      if isFresh {
        try outputs.checkPlace(stage.key)
      } else if let record = try outputs.read(stage.key), record.outcome.fault == nil {
        return .made(record)
      }
    } catch { damaged(error) }
    let context = context()
    try restore(stage.parents, context)
    let record = try stage.run(context)
    try outputs.write(record)
    return .made(record)
  }

  /// Makes outputs again that were there and are gone.
  func restore(_ keys: [StageKey], _ context: StageContext) throws {
    for key in keys where !outputs.contains(key) {
      guard let stage = stages[key] else { continue }
      // The progress of work that is done twice is nobody's.
      while case .held = try make(stage, { context.withoutProgress }) {
        if interruption.isRequested { throw Interrupted() }
        usleep(100_000)
      }
    }
  }

  /// Seconds after which a stage that is held is to be asked for again: an eighth of what was waited for it so far, so that little more
  /// is waited than it takes, whether that is a blink or an hour.
  func pause(for key: StageKey) -> Double {
    let now = ProcessInfo.processInfo.systemUptime
    let since = state.withLock { $0.held[key] ?? now }
    return min(1, max(0.01, (now - since) / 8))
  }

  private func tell(of holder: LeaseHolder, _ key: StageKey) {
    let isNew = state.withLock { state in
      if state.held[key] == nil { state.held[key] = ProcessInfo.processInfo.systemUptime }
      return state.told.insert(holder.run).inserted
    }
    if isNew, !leases.isOwn(holder) { observe(.waiting(for: holder)) }
  }
}

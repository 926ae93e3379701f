import CoppiceStore
import Foundation

/// What is left to do in a run, in the order of the plan, handed out to whichever worker asks.
///
/// `@unchecked Sendable`: every access to the mutable state holds `condition`.
package final class WorkQueue: @unchecked Sendable {
  /// Something a worker can do now.
  package enum Work: Hashable, Sendable {
    /// A stage all of whose parents are there.
    case stage(Int)
    /// A trial all of whose stages have ended. Where some of them were not run, `ending` is how the trial ended, and `failure`
    /// the error of the stage that failed, if one did.
    case trial(Int, ending: TrialStatus?, failure: TrialFailure?)
  }

  /// How a stage ended.
  package enum Ending: Sendable {
    /// Its outputs are there; a status where they end the trials that build on it.
    case done(TrialStatus?)
    /// An error.
    case failed(TrialFailure)
    /// Not run, because a stage it builds on ended its trials so.
    case skipped(TrialStatus)
  }

  private let condition = SteadyCondition()
  private var endings: [Ending?]
  private var missingParents: [Int]
  private let children: [[Int]]
  private var readyStages: [Int] = []
  private var readyTrials: [Int] = []
  /// Stages at which other runs are at work, with when each is to be asked for again.
  private var heldStages: [(stage: Int, due: TimeInterval)] = []
  /// Stages each trial still waits for.
  private var openStages: [Int]
  private let trialsOfStage: [[Int]]
  private let stagesOfTrial: [[Int]]
  /// For every stage, those that it leaves on its way.
  private let left: [[Int]]
  private var open: Int
  private var isClosed = false
  /// Whether stages are given away, and not trials alone.
  private let handsOutStages: Bool
  /// Stages during which nothing else may run.
  private let isQuiet: [Bool]
  /// Whoever was given work and has not handed it in, those among them that wait to be alone, and whether one is.
  private var (atWork, waiting, isAlone) = (0, 0, false)

  /// The stages to run, by their places in the plan, but for those that others leave on their way.
  package let stagesToRun: [Int]
  /// Stages to run, their optimizer steps, and stages found done.
  package let outline: (stages: Int, steps: Int, reused: Int)

  /// The work of some trials.
  ///
  /// - Parameters:
  ///   - stages: every stage once, parents before children.
  ///   - trials: the stages that each trial's results are read from.
  ///   - finished: trials whose files are there.
  ///   - handsOutStages: whether stages are to be run; else the work is done when all trials are put together whose stages have
  ///     ended.
  ///   - ending: for a stage whose outputs are there, the status with which it ends trials, if it does; `nil` for a stage
  ///     that must be run.
  package init(
    _ stages: [any Stage], trials: [[StageKey]], finished: Set<Int> = [], handsOutStages: Bool = true,
    ending: (StageKey) -> TrialStatus?? = { _ in nil }
  ) {
    let place = Dictionary(uniqueKeysWithValues: stages.enumerated().map { ($1.key, $0) })
    let parents = stages.map { $0.parents.compactMap { place[$0] } }
    // From the rounds' results back to what must be there to make them.
    var needed = [Bool](repeating: false, count: stages.count)
    var endings = [Ending?](repeating: nil, count: stages.count)
    var stagesOfTrial = [[Int]](repeating: [], count: trials.count)
    var trialsOfStage = [[Int]](repeating: [], count: stages.count)
    var reused = 0
    for (index, wanted) in trials.enumerated() where !finished.contains(index) {
      stagesOfTrial[index] = Set(wanted.compactMap { place[$0] }).sorted()
      var pending = stagesOfTrial[index]
      for stage in pending { trialsOfStage[stage].append(index) }
      while let stage = pending.popLast() {
        guard !needed[stage] else { continue }
        needed[stage] = true
        if let found = ending(stages[stage].key) {
          endings[stage] = .done(found)
          reused += 1
        } else {
          pending += parents[stage]
        }
      }
    }
    var children = [[Int]](repeating: [], count: stages.count)
    var missing = [Int](repeating: 0, count: stages.count)
    for stage in stages.indices where needed[stage] && endings[stage] == nil {
      var doom: TrialStatus?
      for parent in parents[stage] {
        switch endings[parent] {
        case .done(let status)?: doom = doom ?? status
        case .skipped(let status)?: doom = doom ?? status
        case .failed?, nil:
          missing[stage] += 1
          children[parent].append(stage)
        }
      }
      if let doom { endings[stage] = .skipped(doom) }
    }
    let toRun = stages.indices.filter { needed[$0] && endings[$0] == nil }
    var left = [[Int]](repeating: [], count: stages.count)
    for stage in toRun where stages[stage].steps > 0 {
      guard let longer = stages[stage].within.flatMap({ place[$0] }), needed[longer], endings[longer] == nil
      else { continue }
      left[longer].append(stage)
      missing[stage] += 1
    }
    let onTheWay = Set(left.joined())
    let made = toRun.filter { !onTheWay.contains($0) }
    stagesToRun = made
    outline = (toRun.count, made.reduce(0) { $0 + stages[$1].steps }, reused)
    readyStages = toRun.filter { missing[$0] == 0 }
    let openStages = stagesOfTrial.map { $0.count { endings[$0] == nil } }
    readyTrials = trials.indices.filter { !finished.contains($0) && openStages[$0] == 0 }
    self.openStages = openStages
    open = toRun.count + trials.count - finished.count
    self.endings = endings
    self.children = children
    self.left = left
    self.stagesOfTrial = stagesOfTrial
    self.trialsOfStage = trialsOfStage
    missingParents = missing
    isQuiet = stages.map(\.work.runsAlone)
    self.handsOutStages = handsOutStages
  }

  /// Who asks for work.
  package enum Role: Sendable {
    /// Runs stages. It puts a trial together where more than one waits, or where no stage is ready.
    case worker
    /// Puts trials together only, so that no worker waits for the disk.
    case assembler
  }

  /// The next thing to do; waits for one while others are at work, and gives `nil` when nothing is left or the queue closed.
  /// Who was given something says when it is done with it, see `handIn`.
  ///
  /// A stage that runs alone is given away when there is nothing else to do and nobody is at work, so that the others seldom wait.
  package func next(_ role: Role = .worker) -> Work? {
    condition.lock()
    defer { condition.unlock() }
    while !isClosed, open > 0 {
      if isAlone || waiting > 0 {
        condition.wait()
        continue
      }
      let isHelping = readyTrials.count > 1 || readyStages.allSatisfy { isQuiet[$0] }
      if !readyTrials.isEmpty, role == .assembler || isHelping {
        let trial = readyTrials.removeFirst()
        let (ending, failure) = shortfall(of: trial)
        return take(.trial(trial, ending: ending, failure: failure))
      }
      guard handsOutStages else { break }
      if role == .worker, let place = nextStage { return take(.stage(readyStages.remove(at: place))) }
      guard role == .worker, let due = heldStages.map(\.due).min() else {
        condition.wait()
        continue
      }
      let wait = due - ProcessInfo.processInfo.systemUptime
      if wait <= 0, let place = heldStages.firstIndex(where: { $0.due == due }) {
        return take(.stage(heldStages.remove(at: place).stage))
      }
      condition.wait(seconds: wait)
    }
    condition.broadcast()
    return nil
  }

  /// Takes back a stage at which another run is at work; it is handed out again after so many seconds, where nothing else is free.
  package func putBack(_ stage: Int, for seconds: Double) {
    condition.lock()
    open += 1
    heldStages.append((stage, ProcessInfo.processInfo.systemUptime + seconds))
    condition.broadcast()
    condition.unlock()
  }

  /// The stages a trial's results are read from whose outputs are there, as far as this run has made or found them.
  package func doneStages(ofTrial trial: Int) -> [Int] {
    condition.lock()
    defer { condition.unlock() }
    return stagesOfTrial[trial].filter { stage in
      if case .done? = endings[stage] { true } else { false }
    }
  }

  /// The trials that will have no results because a stage of theirs failed, whatever became of the others, with the error, if one was
  /// the cause.
  package func failedTrials() -> [(trial: Int, failure: TrialFailure?)] {
    condition.lock()
    defer { condition.unlock() }
    return stagesOfTrial.indices.compactMap { trial in
      let hasFailed = stagesOfTrial[trial].contains { stage in
        switch endings[stage] {
        case .failed?, .done(.failed)?, .skipped(.failed)?: true
        case .done?, .skipped?, nil: false
        }
      }
      return hasFailed ? (trial, shortfall(of: trial).failure) : nil
    }
  }

  /// Notes how a stage ended, and gives those that will not be run because of it.
  package func finish(_ stage: Int, _ ending: Ending) -> [Int] {
    condition.lock()
    defer { condition.unlock() }
    var skipped: [Int] = []
    settle(stage, ending, &skipped)
    condition.broadcast()
    return skipped
  }

  /// The stages that another leaves on its way, in this run.
  package func leftOnTheWay(of stage: Int) -> [Int] { left[stage] }

  /// Notes that a stage was left on the way of another, and is not to be run.
  package func leave(_ stage: Int) {
    condition.lock()
    defer { condition.unlock() }
    guard endings[stage] == nil else { return }
    open -= 1
    var skipped: [Int] = []
    settle(stage, .done(nil), &skipped)
    condition.broadcast()
  }

  /// Hands out nothing more.
  package func close(if isOver: Bool = true) {
    guard isOver else { return }
    condition.lock()
    isClosed = true
    condition.broadcast()
    condition.unlock()
  }

  /// Where the stage stands that is to be run next, among those that are ready; `nil` for none now.
  private var nextStage: Int? {
    readyStages.firstIndex { !isQuiet[$0] }
      ?? (atWork == 0 && readyTrials.isEmpty ? readyStages.indices.first : nil)
  }

  /// Says that what was given out last is done with, whatever came of it.
  package func handIn() {
    condition.lock()
    atWork -= 1
    condition.broadcast()
    condition.unlock()
  }

  /// Does something while nobody else is at work, for one who was given work or has none: waits until the others have handed theirs
  /// in, and nothing is given out meanwhile.
  package func alone<Result>(_ body: () throws -> Result) rethrows -> Result {
    condition.lock()
    waiting += 1
    while isAlone || atWork > waiting { condition.wait() }
    isAlone = true
    condition.unlock()
    defer {
      condition.lock()
      (isAlone, waiting) = (false, waiting - 1)
      condition.broadcast()
      condition.unlock()
    }
    return try body()
  }

  private func take(_ work: Work) -> Work {
    (open, atWork) = (open - 1, atWork + 1)
    if open == 0 { condition.broadcast() }
    return work
  }

  private func settle(_ stage: Int, _ ending: Ending, _ skipped: inout [Int]) {
    guard endings[stage] == nil else { return }
    endings[stage] = ending
    for trial in trialsOfStage[stage] {
      openStages[trial] -= 1
      if openStages[trial] == 0 { insert(trial, into: &readyTrials) }
    }
    // What was to be left on the way and was not is run by itself, however this one ended.
    for stage in left[stage] where endings[stage] == nil { settleParent(of: stage) }
    for child in children[stage] where endings[child] == nil {
      switch ending {
      case .done(nil):
        settleParent(of: child)
      case .failed(let failure):
        skip(child, .failed(failure), &skipped)
      case .done(let status?), .skipped(let status):
        skip(child, .skipped(status), &skipped)
      }
    }
  }

  private func settleParent(of stage: Int) {
    missingParents[stage] -= 1
    if missingParents[stage] == 0 { insert(stage, into: &readyStages) }
  }

  private func skip(_ stage: Int, _ ending: Ending, _ skipped: inout [Int]) {
    open -= 1
    skipped.append(stage)
    settle(stage, ending, &skipped)
  }

  /// Keeps the order of the plan.
  private func insert(_ element: Int, into ready: inout [Int]) {
    var range = ready.startIndex..<ready.endIndex
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      range = ready[middle] > element ? range.lowerBound..<middle : middle + 1..<range.upperBound
    }
    ready.insert(element, at: range.lowerBound)
  }

  /// Why stages of a trial were not run.
  private func shortfall(of trial: Int) -> (ending: TrialStatus?, failure: TrialFailure?) {
    var ending: TrialStatus?
    for stage in stagesOfTrial[trial] {
      switch endings[stage] {
      case .failed(let failure)?: return (.failed, failure)
      case .skipped(let status)?: ending = ending ?? status
      case .done?, nil: break
      }
    }
    return (ending, nil)
  }
}

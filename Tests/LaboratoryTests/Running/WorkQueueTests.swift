import CoppiceLaboratory
import CoppiceStore
import CoppiceTensors
import Foundation
import Synchronization
import Testing

@Suite struct WorkQueueTests {
  /// Two tickets of one dense training: `dense ─ pruneA ─ ticketA`, `dense ─ pruneB ─ ticketB`.
  private static let dense = Node("dense", steps: 30)
  private static let pruneA = Node("prune A", after: [dense])
  private static let ticketA = Node("ticket A", after: [pruneA], steps: 20)
  private static let pruneB = Node("prune B", after: [dense])
  private static let ticketB = Node("ticket B", after: [pruneB], steps: 10)
  private static let stages = [dense, pruneA, ticketA, pruneB, ticketB]
  private static let trials = [[dense, pruneA, ticketA], [dense, pruneB, ticketB]].map { $0.map(\.key) }

  /// A queue in which some stages are stored, each with the status with which it ends trials.
  private func queue(finished: Set<Int> = [], stored: [StageKey: TrialStatus?] = [:]) -> WorkQueue {
    WorkQueue(Self.stages, trials: Self.trials, finished: finished) { stored[$0] }
  }

  private func isEqual(_ outline: (stages: Int, steps: Int, reused: Int), _ numbers: Int...) -> Bool {
    [outline.stages, outline.steps, outline.reused] == numbers
  }

  @Test func stagesComeAfterTheirParentsInTheOrderOfThePlan() {
    let queue = queue()
    #expect(queue.stagesToRun == [0, 1, 2, 3, 4])
    #expect(isEqual(queue.outline, 5, 60, 0))
    #expect(queue.next() == .stage(0))
    #expect(queue.finish(0, .done(nil)) == [])
    #expect(queue.next() == .stage(1))
    #expect(queue.next() == .stage(3))
    // What became ready first waits for what stands before it in the plan.
    #expect(queue.finish(3, .done(nil)) == [])
    #expect(queue.finish(1, .done(nil)) == [])
    #expect(queue.next() == .stage(2))
    #expect(queue.next() == .stage(4))
    #expect(queue.finish(4, .done(nil)) == [])
    #expect(queue.finish(2, .done(nil)) == [])
    #expect(queue.next() == .trial(0, ending: nil, failure: nil))
    #expect(queue.next() == .trial(1, ending: nil, failure: nil))
    #expect(queue.next() == nil)
    #expect(queue.next(.assembler) == nil)
  }

  @Test func workersHelpWithTrialsOnlyWhereTheyMust() {
    let nodes = (0..<4).map { Node("\($0)") }
    let queue = WorkQueue(nodes, trials: nodes.map { [$0.key] })
    for stage in 0..<2 {
      #expect(queue.next() == .stage(stage))
      #expect(queue.finish(stage, .done(nil)) == [])
    }
    // Two trials wait, then one, then none.
    #expect(queue.next() == .trial(0, ending: nil, failure: nil))
    #expect(queue.next() == .stage(2))
    #expect(queue.next(.assembler) == .trial(1, ending: nil, failure: nil))
    #expect(queue.next() == .stage(3))
    #expect(queue.finish(2, .done(nil)) == [])
    // No stage is ready.
    #expect(queue.next() == .trial(2, ending: nil, failure: nil))
    #expect(queue.finish(3, .done(nil)) == [])
    #expect(queue.next(.assembler) == .trial(3, ending: nil, failure: nil))
    #expect(queue.next() == nil)
  }

  @Test func whatBuildsOnAFailureIsNotRun() {
    let queue = queue()
    #expect(queue.next() == .stage(0))
    #expect(queue.finish(0, .done(nil)) == [])
    #expect(queue.next() == .stage(1))
    #expect(queue.finish(1, .failed(TrialFailure("no disk", isLasting: false))) == [2])
    // The other trial goes on.
    #expect(queue.next() == .stage(3))
    #expect(queue.next() == .trial(0, ending: .failed, failure: TrialFailure("no disk", isLasting: false)))
    #expect(queue.finish(3, .done(nil)) == [])
    #expect(queue.next() == .stage(4))
    #expect(queue.finish(4, .failed(TrialFailure("no memory", isLasting: false))) == [])
    #expect(queue.next() == .trial(1, ending: .failed, failure: TrialFailure("no memory", isLasting: false)))
    #expect(queue.next() == nil)
  }

  @Test func aFailureOfWhatAllShareFailsAll() {
    let queue = queue()
    #expect(queue.next() == .stage(0))
    #expect(queue.finish(0, .failed(TrialFailure("no data", isLasting: false))).sorted() == [1, 2, 3, 4])
    for trial in 0..<2 {
      #expect(
        queue.next() == .trial(trial, ending: .failed, failure: TrialFailure("no data", isLasting: false)))
    }
    #expect(queue.next() == nil)
  }

  @Test func trialsThatCanHaveNoResultsAreKnownBeforeTheOthersEnd() {
    let queue = queue()
    let failure = TrialFailure("no", isLasting: true)
    #expect(queue.next() == .stage(0))
    #expect(queue.finish(0, .done(nil)) == [])
    #expect(queue.next() == .stage(1))
    #expect(queue.failedTrials().isEmpty)
    #expect(queue.finish(1, .failed(failure)) == [2])
    #expect(queue.failedTrials().map(\.trial) == [0] && queue.failedTrials()[0].failure == failure)
    #expect(queue.next() == .stage(3))
    // What did not hold is no error, and says itself what it is.
    #expect(queue.finish(3, .done(.failed)) == [4])
    #expect(queue.failedTrials().map(\.trial) == [0, 1] && queue.failedTrials()[1].failure == nil)
  }

  /// A stop rule ends a ladder as completed.
  @Test(arguments: [TrialStatus.collapsed, .diverged, .completed])
  func whatBuildsOnAnEndIsNotRun(status: TrialStatus) {
    let queue = queue()
    #expect(queue.next() == .stage(0))
    #expect(queue.finish(0, .done(nil)) == [])
    #expect(queue.next() == .stage(1))
    #expect(queue.finish(1, .done(status)) == [2])
    #expect(queue.next() == .stage(3))
    #expect(queue.finish(3, .done(nil)) == [])
    #expect(queue.next() == .stage(4))
    #expect(queue.next(.assembler) == .trial(0, ending: status, failure: nil))
    // An end that nothing builds on leaves all stages made: what they hold says how the trial stands.
    #expect(queue.finish(4, .done(status)) == [])
    #expect(queue.next() == .trial(1, ending: nil, failure: nil))
    #expect(queue.next() == nil)
  }

  @Test func storedStagesAreNotRunAndNeedNothing() {
    let both = queue(stored: [Self.dense.key: nil, Self.pruneA.key: nil])
    #expect(both.stagesToRun == [2, 3, 4])
    #expect(isEqual(both.outline, 3, 30, 2))
    #expect(both.next() == .stage(2))
    #expect(both.next() == .stage(3))
    // Where the rounds read a stored ticket alone, nobody asks for what it was made from.
    let alone = WorkQueue(Self.stages, trials: [[Self.ticketA.key]]) { key in
      key == Self.ticketA.key ? .some(nil) : nil
    }
    #expect(alone.stagesToRun == [] && isEqual(alone.outline, 0, 0, 1))
    #expect(alone.next() == .trial(0, ending: nil, failure: nil))
    #expect(alone.next() == nil)
  }

  @Test func aStoredEndEndsItsTrialsAtOnce() {
    let queue = queue(stored: [Self.dense.key: nil, Self.pruneA.key: .collapsed])
    #expect(queue.stagesToRun == [3, 4])
    #expect(queue.next(.assembler) == .trial(0, ending: .collapsed, failure: nil))
    #expect(queue.next() == .stage(3))
  }

  @Test func finishedTrialsAskForNothing() {
    let one = queue(finished: [0])
    #expect(one.stagesToRun == [0, 3, 4])
    for stage in [0, 3, 4] {
      #expect(one.next() == .stage(stage))
      #expect(one.finish(stage, .done(nil)) == [])
    }
    #expect(one.next() == .trial(1, ending: nil, failure: nil))
    #expect(one.next() == nil)
    #expect(queue(finished: [0, 1]).next() == nil)
  }

  @Test func aClosedQueueHandsOutNothing() {
    let queue = queue()
    queue.close(if: false)
    #expect(queue.next() == .stage(0))
    // One who waits for the other's stage is let go, whether it waits already or not.
    let group = DispatchGroup()
    let found = Mutex<[Bool]>([])
    for role in [WorkQueue.Role.worker, .assembler] {
      start(in: group) {
        let work = queue.next(role)
        found.withLock { $0.append(work == nil) }
      }
    }
    queue.close()
    #expect(group.wait(timeout: .now() + 60) == .success)
    #expect(found.withLock { $0 } == [true, true])
    #expect(queue.finish(0, .done(nil)) == [])
    #expect(queue.next() == nil && queue.next(.assembler) == nil)
  }

  /// What several threads do, each of them in an order of its own.
  private final class Book: Sendable {
    struct Entries {
      var handedOut: [Int] = []
      var good: Set<Int> = []
      var ended: Set<Int> = []
      var trials: [Int: Bool] = [:]
      var faults: [String] = []
    }
    let entries = Mutex(Entries())
  }

  @Test(arguments: 0..<20) func manyHandsDoEverythingOnce(seed: Int) {
    var random = RandomStream(seed: UInt64(seed), stream: .generation)
    let parents = (0..<60).map { stage in
      let count = stage == 0 ? 0 : Int(random.integer(below: 4))
      return Set((0..<count).map { _ in Int(random.integer(below: UInt32(stage))) }).sorted()
    }
    let trials = (0..<25).map { _ in Set((0..<3).map { _ in Int(random.integer(below: 60)) }).sorted() }
    var nodes: [Node] = []
    for stage in parents.indices {
      nodes.append(Node("\(seed) \(stage)", after: parents[stage].map { nodes[$0] }))
    }
    // How a stage ends, if it is run, follows from its place.
    @Sendable func ending(_ stage: Int) -> WorkQueue.Ending {
      stage % 23 == 22
        ? .failed(TrialFailure("\(stage)", isLasting: false)) : .done(stage % 17 == 16 ? .collapsed : nil)
    }

    let queue = WorkQueue(nodes, trials: trials.map { $0.map { nodes[$0].key } })
    let book = Book()
    let group = DispatchGroup()
    for role in [WorkQueue.Role.assembler, .worker, .worker, .worker] {
      start(in: group) {
        while let work = queue.next(role) {
          switch work {
          case .stage(let stage):
            book.entries.withLock { book in
              book.handedOut.append(stage)
              if role == .assembler { book.faults.append("the assembler was given stage \(stage)") }
              if !book.good.isSuperset(of: parents[stage]) { book.faults.append("stage \(stage) is early") }
              if case .done(nil) = ending(stage) { book.good.insert(stage) }
              book.ended.insert(stage)
            }
            let skipped = queue.finish(stage, ending(stage))
            book.entries.withLock { book in
              if !book.ended.isDisjoint(with: skipped) { book.faults.append("\(skipped) were run or told") }
              book.ended.formUnion(skipped)
            }
          case .trial(let trial, let ending, let failure):
            book.entries.withLock { book in
              if book.trials.updateValue(ending == nil && failure == nil, forKey: trial) != nil {
                book.faults.append("trial \(trial) is there twice")
              }
            }
          }
        }
      }
    }
    #expect(group.wait(timeout: .now() + 60) == .success)
    let found = book.entries.withLock { $0 }
    #expect(found.faults == [])
    #expect(found.handedOut.count == Set(found.handedOut).count)
    #expect(found.trials.count == trials.count)
    var needed: Set<Int> = []
    var open = trials.flatMap { $0 }
    while let stage = open.popLast() { if needed.insert(stage).inserted { open += parents[stage] } }
    var isRun: [Bool] = []
    var isGood: [Bool] = []
    for stage in parents.indices {
      isRun.append(parents[stage].allSatisfy { isGood[$0] })
      if case .done(nil) = ending(stage) { isGood.append(isRun[stage]) } else { isGood.append(false) }
    }
    #expect(Set(found.handedOut) == needed.filter { isRun[$0] })
    #expect(found.ended == needed)
    for (trial, stages) in trials.enumerated() {
      let isWhole = stages.allSatisfy { stage in
        if case .failed = ending(stage) { return false }
        return isRun[stage]
      }
      #expect(found.trials[trial] == isWhole, "trial \(trial)")
    }
  }

  private func start(in group: DispatchGroup, _ work: @escaping @Sendable () -> Void) {
    group.enter()
    Thread {
      work()
      group.leave()
    }.start()
  }

  // MARK: What a training leaves on its way

  private static let start = Node("start", steps: 12, within: dense)
  private static let late = Node("late", after: [start, pruneA], steps: 5)

  @Test func whatIsLeftOnTheWayIsNotRun() {
    let stages = [Self.dense, Self.start, Self.pruneA, Self.late]
    let queue = WorkQueue(stages, trials: [[Self.late.key]])
    #expect(queue.stagesToRun == [0, 2, 3] && queue.leftOnTheWay(of: 0) == [1])
    #expect(isEqual(queue.outline, 4, 35, 0))
    #expect(queue.next() == .stage(0))
    queue.leave(1)
    queue.leave(1)
    #expect(queue.finish(0, .done(nil)) == [])
    #expect(queue.next() == .stage(2))
    #expect(queue.finish(2, .done(nil)) == [])
    #expect(queue.next() == .stage(3))
    #expect(queue.finish(3, .done(nil)) == [])
    #expect(queue.next() == .trial(0, ending: nil, failure: nil))
    #expect(queue.next() == nil)
  }

  @Test(arguments: [
    WorkQueue.Ending.done(nil), .done(.diverged), .failed(TrialFailure("no", isLasting: false)),
  ])
  func whatWasNotLeftIsRunByItself(ending: WorkQueue.Ending) {
    let queue = WorkQueue([Self.dense, Self.start], trials: [[Self.start.key], [Self.dense.key]])
    #expect(queue.next() == .stage(0))
    #expect(queue.finish(0, ending) == [])
    #expect(queue.next() == .stage(1))
    #expect(queue.finish(1, .done(nil)) == [])
    #expect(queue.next() == .trial(0, ending: nil, failure: nil))
  }

  @Test func aStartWithoutItsTrainingIsRun() {
    // The dense training is stored, or nobody needs it.
    for trials in [[[Self.start.key], [Self.dense.key]], [[Self.start.key]]] {
      let queue = WorkQueue([Self.dense, Self.start], trials: trials) {
        $0 == Self.dense.key ? .some(nil) : nil
      }
      #expect(queue.stagesToRun == [1] && queue.leftOnTheWay(of: 0) == [])
      #expect(queue.next() == .stage(1))
    }
  }

  // MARK: Alone

  /// Measurements wait until nothing else is left and nobody is at work, and nothing is given out meanwhile.
  @Test func whatRunsAloneComesLast() {
    let (dense, other) = (Node("dense"), Node("other"))
    let measured = Node("measured", after: [dense], runsAlone: true)
    let stages = [dense, measured, other]
    let queue = WorkQueue(stages, trials: [[measured.key], [other.key]])
    #expect(queue.next() == .stage(0))
    #expect(queue.finish(0, .done(nil)) == [])
    queue.handIn()
    // What stands behind it in the plan goes first, and its trial too.
    #expect(queue.next() == .stage(2))
    #expect(queue.finish(2, .done(nil)) == [])
    #expect(queue.next() == .trial(1, ending: nil, failure: nil))
    queue.handIn()
    queue.handIn()
    #expect(queue.next() == .stage(1))
    #expect(queue.finish(1, .done(nil)) == [])
    queue.handIn()
    #expect(queue.next() == .trial(0, ending: nil, failure: nil))
    #expect(queue.next() == nil)
  }

  /// Three workers and an assembler, of which trials restore a measurement now and then: never is anybody at work beside one.
  @Test func nothingRunsBesideAMeasurement() {
    struct Counts: Sendable {
      var (atWork, measuring, measured, besides) = (0, 0, 0, 0)
    }
    let trainings = (0..<12).map { Node("training \($0)") }
    let measurements = trainings.map { Node("measurement of \($0.key)", after: [$0], runsAlone: true) }
    let stages = zip(trainings, measurements).flatMap { [$0, $1] }
    let queue = WorkQueue(stages, trials: zip(trainings, measurements).map { [$0.key, $1.key] })
    let counts = Mutex(Counts())
    @Sendable func measure() {
      counts.withLock { counts in
        counts.besides += counts.atWork
        (counts.measuring, counts.measured) = (counts.measuring + 1, counts.measured + 1)
      }
      usleep(2_000)
      counts.withLock { $0.measuring -= 1 }
    }
    @Sendable func work() {
      counts.withLock { counts in
        counts.besides += counts.measuring
        counts.atWork += 1
      }
      usleep(500)
      counts.withLock { $0.atWork -= 1 }
    }
    @Sendable func run(_ role: WorkQueue.Role) {
      while let given = queue.next(role) {
        switch given {
        case .stage(let index):
          if stages[index].work.runsAlone { queue.alone(measure) } else { work() }
          _ = queue.finish(index, .done(nil))
        case .trial(let index, _, _):
          work()
          // Somebody has removed the outputs.
          if index % 3 == 0 { queue.alone(measure) }
          work()
        }
        queue.handIn()
      }
    }
    DispatchQueue.concurrentPerform(iterations: 4) { run($0 == 3 ? .assembler : .worker) }
    let found = counts.withLock { $0 }
    #expect(found.besides == 0 && found.measured == 16)
  }
}

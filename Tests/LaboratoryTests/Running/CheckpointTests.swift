import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import Foundation
import Synchronization
import Testing

extension Running {
  /// Checkpoints, and what else only saves time, that cannot be written for a while.
  @Suite struct CheckpointTests {
    /// Something that stands where a file is to be written.
    private static func block(_ path: String) throws {
      try FileManager.default.createDirectory(atPath: path + "/full", withIntermediateDirectories: true)
    }

    /// A trial whose learning rate, asked for in every step, calls `each` with the number of the call. Its specification does not
    /// depend on it.
    private func plan(_ trial: Trial, each: @escaping @Sendable (Int) -> Void = { _ in }) throws -> SweepPlan
    {
      let (rate, calls) = (trial.learningRate, Counter())
      return try SweepPlan(
        trial.with {
          $0.learningRate = LearningRate("ticking", version: 1) { step, total in
            each(calls.next())
            return rate(step: step, total: total)
          }
        })
    }

    private final class Counter: Sendable {
      private let value = Mutex(0)
      func next() -> Int {
        value.withLock {
          $0 += 1
          return $0
        }
      }
    }

    private func checkpoint(_ bench: Bench, _ plan: SweepPlan) throws -> String {
      let dense = try #require(plan.ticket.rounds[0][.training]).hexadecimal
      return bench.results.stages.file(dense).replacing(".h5", with: ".checkpoint.h5")
    }

    @Test func aCheckpointThatCannotBeWrittenIsSaidAndTriedAgain() throws {
      let (bench, reference) = (try Bench(), try Bench())
      try reference.run(try plan(.tiny))
      let path = try checkpoint(bench, try plan(.tiny))
      let setbacks = Mutex<[String]>([])
      let isThere = Mutex(false)
      let ticking = try plan(.tiny) { call in
        if [3, 10].contains(call) { try? FileManager.default.removeItem(atPath: path) }
        // What stands there before the training begins is set aside.
        if call == 3 { try? Self.block(path) }
        if call == 15 { isThere.withLock { $0 = FileManager.default.fileExists(atPath: path) } }
      }
      let report = try bench.run(ticking, checkpointInterval: 0) { event in
        if case .setback(_, let message) = event { setbacks.withLock { $0.append(message) } }
      }
      #expect(report.failures.isEmpty && report.fileError == nil)
      #expect(try bench.digests(ticking) == reference.digests(ticking))
      // Said once, for all the steps it lasted, and written when that was over.
      #expect(setbacks.withLock { $0.count } == 1)
      #expect(setbacks.withLock { $0.first?.contains("a checkpoint cannot be written: \(path)") } == true)
      #expect(isThere.withLock { $0 })
    }

    @Test func anEndWithoutItsCheckpointIsSaid() throws {
      let bench = try Bench()
      let interruption = Interruption()
      let path = try checkpoint(bench, try self.plan(.tiny))
      // What stands there before is set aside.
      let plan = try plan(.tiny) { call in
        guard call == 12 else { return }
        try? Self.block(path)
        interruption.request()
      }
      let report = try bench.run(plan, interruption: interruption)
      #expect(report.isInterrupted && report.failures.isEmpty)
      #expect(report.checkpointError?.description.hasPrefix(path) == true)
      try FileManager.default.removeItem(atPath: path)
      // With one, there is nothing to say.
      let again = Interruption()
      let stopped = try self.plan(.tiny) { if $0 == 12 { again.request() } }
      #expect(try bench.run(stopped, interruption: again).checkpointError == nil)
    }

    @Test func whatCannotBeLeftOnTheWayIsMadeByItself() throws {
      let trial = Trial.tiny.with {
        ($0.schedule, $0.sparsity) = (.lotteryTicket(rounds: 2, rate: 0.4), nil)
        $0.retraining = .rewind(to: .iterations(4))
      }
      let (bench, reference) = (try Bench(), try Bench())
      try reference.run(try plan(trial))
      let left = try #require(try plan(trial).stages.first { $0.steps == 4 && $0.within != nil }).key
      let path = bench.results.stages.file(left.hexadecimal)
      try Self.block(path)
      let setbacks = Mutex(0)
      let ticking = try plan(trial) { if $0 == 10 { try? FileManager.default.removeItem(atPath: path) } }
      let report = try bench.run(ticking) { event in
        if case .setback = event { setbacks.withLock { $0 += 1 } }
      }
      #expect(report.failures.isEmpty && report.fileError == nil, "\(report.failures)")
      #expect(setbacks.withLock { $0 } == 1)
      #expect(try bench.digests(ticking) == reference.digests(ticking))
      #expect(FileManager.default.fileExists(atPath: path))
    }
  }
}

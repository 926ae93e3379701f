import CoppiceLaboratory
import CoppiceStore
import Foundation
import Synchronization
import Testing

@Suite struct CallTimesTests {
  private static func wait(_ milliseconds: UInt32) -> () -> Void { { usleep(1_000 * milliseconds) } }

  /// Sleeping takes at least as long as it was asked to, so that the order of the times is certain.
  @Test func everyRunTimesEveryCall() throws {
    var effort = CallTimes.Effort()
    (effort.sample, effort.fewest, effort.most, effort.budget) = (0.001, 5, 5, 60)
    let times = try CallTimes(of: [Self.wait(8), Self.wait(2)], effort)
    #expect(times.seconds.map(\.count) == [5, 5])
    #expect(times.seconds[0].allSatisfy { $0 >= 0.008 } && times.seconds[1].allSatisfy { $0 >= 0.002 })
    let isUntold = times.joules.allSatisfy { $0.isNaN }
    #expect(isUntold)
    let (dense, sparse) = (times.figure(0, .dense, batch: 4), times.figure(1, .sparse, batch: 4))
    #expect(dense.ratio == 1 && dense.ratioLow == 1 && dense.ratioHigh == 1 && !dense.isFaster)
    #expect(dense.low <= dense.median && dense.median <= dense.high && dense.runs == 5)
    #expect(sparse.ratioLow <= sparse.ratio && sparse.ratio <= sparse.ratioHigh)
  }

  @Test func shortCallsAreRepeatedAndLongOnesEndEarly() throws {
    let calls = Mutex(0)
    var effort = CallTimes.Effort()
    (effort.sample, effort.fewest, effort.most, effort.budget) = (0.01, 3, 1_000, 0)
    let times = try CallTimes(of: [{ calls.withLock { $0 += 1 } }], effort)
    #expect(times.seconds[0].count == 3, "the budget is spent")
    #expect(calls.withLock { $0 } > 100)
  }

  @Test func anEndThatIsAskedForEndsIt() throws {
    struct End: Error {}
    #expect(throws: End.self) { try CallTimes(of: [{}]) { throw End() } }
  }

  @Test func quantilesLieBetweenNeighbours() {
    #expect(CallTimes.quantile(0.5, of: [4, 1, 3, 2]) == 2.5)
    #expect(CallTimes.quantile(0.25, of: [5, 1, 4, 2, 3]) == 2)
    #expect(CallTimes.quantile(1, of: [5, 1]) == 5 && CallTimes.quantile(0, of: [5, 1]) == 1)
    #expect(CallTimes.quantile(0.5, of: []).isNaN)
  }
}

import CoppiceAutodiff
import Synchronization
import Testing

/// Threads of the system, and what comes of asking for too many.
struct WorkThreadTests {
  private final class Counter: Sendable {
    let value = Atomic<Int>(0)
  }

  @Test("a thread does its work, and is waited for")
  func works() throws {
    let counter = Counter()
    let threads = (0..<4).compactMap { number in
      WorkThread(stackSize: 1 << 20) { counter.value.add(1 << (8 * number), ordering: .relaxed) }
    }
    #expect(threads.count == 4)
    for thread in threads { thread.join() }
    #expect(counter.value.load(ordering: .relaxed) == 0x0101_0101)
  }

  /// No machine has a stack of a million gigabytes: this is what a limit of threads or memory looks like.
  @Test("where the system gives no thread there is none, and it is counted")
  func refused() {
    let before = WorkThread.refused
    #expect(WorkThread(stackSize: 1 << 50) { Issue.record("it runs") } == nil)
    #expect(WorkThread.refused > before)
  }
}

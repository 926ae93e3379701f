import CoppiceAutodiff
import Synchronization

/// Does something again and again, on a thread of its own, until it ends.
final class Heartbeat: Sendable {
  private let condition = SteadyCondition()
  private let isOver = Atomic<Bool>(false)

  /// Begins. Where the system gives no thread, nothing is done.
  ///
  /// - Parameter interval: seconds from one beat to the next.
  init(every interval: Double, _ beat: @escaping @Sendable () -> Void) {
    _ = WorkThread(stackSize: 1 << 20) { [self] in
      while wait(interval) { beat() }
    }
  }

  /// Ends. A beat under way comes to its end.
  func end() {
    condition.lock()
    isOver.store(true, ordering: .relaxed)
    condition.broadcast()
    condition.unlock()
  }

  /// Waits for so many seconds; `false` at the end.
  private func wait(_ seconds: Double) -> Bool {
    let watch = Stopwatch()
    condition.lock()
    defer { condition.unlock() }
    while !isOver.load(ordering: .relaxed) {
      let left = seconds - watch.elapsed
      guard left > 0 else { return true }
      // A machine that slept beats soon after, whether or not its clocks went on.
      condition.wait(seconds: min(left, 1))
    }
    return false
  }
}

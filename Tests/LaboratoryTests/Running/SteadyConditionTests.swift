import CoppiceLaboratory
import Foundation
import Synchronization
import Testing

@Suite struct SteadyConditionTests {
  @Test func aWaitHasAnEnd() {
    let (condition, watch) = (SteadyCondition(), Stopwatch())
    condition.lock()
    defer { condition.unlock() }
    // It may be woken for no reason, so it asks again.
    while watch.elapsed < 0.02 { condition.wait(seconds: 0.02 - watch.elapsed) }
    for seconds in [0, -1, -Double.infinity] { condition.wait(seconds: seconds) }
  }

  @Test func aBroadcastWakesAllThatWait() {
    let (condition, group) = (SteadyCondition(), DispatchGroup())
    let state = Mutex((isOpen: false, through: 0))
    for place in 0..<4 {
      group.enter()
      Thread {
        condition.lock()
        while !state.withLock({ $0.isOpen }) {
          if place % 2 == 0 { condition.wait() } else { condition.wait(seconds: 1e12) }
        }
        state.withLock { $0.through += 1 }
        condition.unlock()
        group.leave()
      }.start()
    }
    condition.lock()
    state.withLock { $0.isOpen = true }
    condition.broadcast()
    condition.unlock()
    #expect(group.wait(timeout: .now() + 60) == .success)
    #expect(state.withLock { $0.through } == 4)
  }
}

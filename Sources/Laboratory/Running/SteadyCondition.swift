import Foundation

/// A lock, and a condition that its holders wait for.
///
/// A wait that has an end goes by a clock that nobody sets. `NSCondition` goes by the clock of the wall: set back by an hour in the
/// middle of a wait, it lengthens the wait by that hour.
///
/// `@unchecked Sendable`: both pointers lead to what the system made for use by several threads, and stay what they are.
package final class SteadyCondition: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// A condition that nobody waits for.
  package init() {
    pthread_mutex_init(mutex, nil)
    #if canImport(Darwin)
      pthread_cond_init(condition, nil)
    #else
      var attributes = pthread_condattr_t()
      pthread_condattr_init(&attributes)
      pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
      pthread_cond_init(condition, &attributes)
      pthread_condattr_destroy(&attributes)
    #endif
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Takes the lock.
  package func lock() { pthread_mutex_lock(mutex) }

  /// Gives the lock back.
  package func unlock() { pthread_mutex_unlock(mutex) }

  /// Wakes all that wait.
  package func broadcast() { pthread_cond_broadcast(condition) }

  /// Gives the lock back until there is a broadcast, or for no reason.
  package func wait() { pthread_cond_wait(condition, mutex) }

  /// The same, for so many seconds at most.
  package func wait(seconds: Double) {
    // A day is as good as any longer time: whoever waits asks again.
    let nanoseconds = Int(max(0, min(seconds, 86_400)) * 1e9)
    var time = timespec()
    #if canImport(Darwin)
      (time.tv_sec, time.tv_nsec) = (nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000)
      pthread_cond_timedwait_relative_np(condition, mutex, &time)
    #else
      clock_gettime(CLOCK_MONOTONIC, &time)
      let end = time.tv_nsec + nanoseconds
      time.tv_sec += end / 1_000_000_000
      time.tv_nsec = end % 1_000_000_000
      pthread_cond_timedwait(condition, mutex, &time)
    #endif
  }
}

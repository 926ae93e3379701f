import Foundation
import Synchronization

/// A thread of the system, or none where the system gives none. `Foundation.Thread` then says nothing, and libdispatch waits until
/// there is one.
package final class WorkThread {
  private let thread: pthread_t
  private var isJoined = false

  private static let refusedCount = Atomic<Int>(0)

  /// How many threads this process has asked for and not been given.
  package static var refused: Int { refusedCount.load(ordering: .relaxed) }

  /// Starts a thread that does some work and ends.
  ///
  /// - Parameter stackSize: the bytes of its stack.
  package init?(stackSize: Int, _ work: @escaping @Sendable () -> Void) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    let context = Unmanaged.passRetained(Work(body: work))
    #if canImport(Darwin)
      var made: pthread_t?
    #else
      var made = pthread_t()
    #endif
    let isStarted =
      pthread_attr_setstacksize(&attributes, stackSize) == 0
      && pthread_create(&made, &attributes, { Work.begin($0) }, context.toOpaque()) == 0
    #if canImport(Darwin)
      let thread = isStarted ? made : nil
    #else
      let thread = isStarted ? Optional(made) : nil
    #endif
    guard let thread else {
      context.release()
      Self.refusedCount.add(1, ordering: .relaxed)
      return nil
    }
    self.thread = thread
  }

  deinit { if !isJoined { pthread_detach(thread) } }

  /// Waits for its end.
  package func join() {
    guard !isJoined else { return }
    isJoined = true
    pthread_join(thread, nil)
  }
}

/// What a thread does.
private final class Work: Sendable {
  private let body: @Sendable () -> Void

  init(body: @escaping @Sendable () -> Void) { self.body = body }

  /// The beginning of the thread, given what it does.
  static func begin(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
    return nil
  }
}

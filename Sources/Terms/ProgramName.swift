import Synchronization

/// What the running program is called: messages, help and figures name commands by it. A package of one's own has a program of its
/// own.
package enum ProgramName {
  private static let storage = Mutex("coppice")

  /// The name of the executable; `coppice` until it is set.
  package static var current: String {
    get { storage.withLock { $0 } }
    set { storage.withLock { $0 = newValue } }
  }
}
